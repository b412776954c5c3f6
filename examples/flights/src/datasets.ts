import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { task } from "millrace";

/** A file, and what tells its content from any other's. */
export interface SourceFile {
  path: string;
  sha256: string;
}

/**
 * Looks at the files before anybody reads them. Their digests go with them as inputs, so whatever is cached downstream
 * is taken again for as long as the files stay the same, and no longer.
 */
export const inspectSources = task("inspect-sources", async (_: undefined, { projectDir, log }) => {
  const folder = datasetsFolder(projectDir);
  const inspect = async (name: string): Promise<SourceFile> => {
    const content = await readFile(path.join(folder, name));
    log.info(`${name} is there`, { bytes: content.length });
    return { path: path.join(folder, name), sha256: createHash("sha256").update(content).digest("hex") };
  };
  return {
    flights: await inspect("flights-3m.parquet"),
    airports: await inspect("airports.csv"),
    weather: await inspect("weather.csv"),
    states: await inspect("us-10m.json"),
  };
});

/** Where the npm package `vega-datasets` keeps its data. */
export function datasetsFolder(projectDir: string): string {
  const entry = createRequire(path.join(projectDir, "package.json")).resolve("vega-datasets");
  return path.resolve(path.dirname(entry), "../data");
}
