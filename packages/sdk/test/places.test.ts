import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { CallSite, formatPlace } from "../src/index.ts";

const SDK = pathToFileURL(join(import.meta.dirname, "../src/index.ts")).href;
const folder = mkdtempSync(join(tmpdir(), "millrace-places-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FLOW = `import { CallSite, defineTask, flow, task } from "${SDK}";

interface Input {
  region: string;
}

enum Size { Big, Small }

function greeting(name: string) {
  const site = new CallSite(greeting);
  return defineTask({ name, taskKind: "greeting", files: [site.pathOf("./load.sql"), site.pathOf("../shared.sql")], site, run: () => Size.Big });
}

const extract = task("extract", ({ region }: Input) => region);
const hello = greeting("hello");

export default flow("mapped", () => {
  extract({ region: "eu" });
  hello();
});
`;

/** What the flow records about its sources, loaded from a bundle with a source map by a process of its own. */
function recorded(): unknown {
  mkdirSync(join(folder, "flows"));
  mkdirSync(join(folder, "bundle"));
  const source = join(folder, "flows/mapped.ts");
  writeFileSync(source, FLOW);
  const options = { mode: "transform", sourceMap: true, sourceUrl: source } as const;
  // A line in front moves everything, as a bundler does.
  const [, map = ""] = stripTypeScriptTypes(FLOW, options).split("base64,");
  const bare = stripTypeScriptTypes(FLOW, options).split("\n//#")[0];
  const moved = JSON.parse(Buffer.from(map, "base64").toString()) as { mappings: string };
  moved.mappings = `;;;${moved.mappings}`;
  const url = `data:application/json;base64,${Buffer.from(JSON.stringify(moved)).toString("base64")}`;
  writeFileSync(join(folder, "bundle/mapped.mjs"), `// one\n// two\n// three\n${bare}\n//# sourceMappingURL=${url}`);
  const main = `
    process.setSourceMapsEnabled(true);
    const { setSourceRoot } = await import("${SDK}");
    setSourceRoot(${JSON.stringify(folder)});
    const { default: flow } = await import("./bundle/mapped.mjs");
    const { place, nodes } = flow.spec;
    console.log(JSON.stringify({ place, nodes: nodes.map(({ id, place, files }) => ({ id, place, files })) }));
  `;
  writeFileSync(join(folder, "main.mjs"), main);
  const args = ["--conditions=@millrace/source", "--disable-warning=ExperimentalWarning", join(folder, "main.mjs")];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", cwd: tmpdir() }));
}

describe("places in sources", () => {
  test("are those of the author's file, relative to the root, when source maps are on", () => {
    expect(recorded()).toEqual({
      place: { file: "flows/mapped.ts", line: 17, column: expect.any(Number) },
      nodes: [
        { id: "extract", place: { file: "flows/mapped.ts", line: 18, column: 3 } },
        {
          id: "hello",
          place: { file: "flows/mapped.ts", line: 19, column: 3 },
          files: ["flows/load.sql", "shared.sql"],
        },
      ],
    });
  });

  test("are taken below the function that was called", () => {
    function outer(): CallSite {
      return inner();
    }
    function inner(): CallSite {
      return new CallSite(outer);
    }
    const [here, there] = [new CallSite(inner), outer()];
    // `inner` is not running here, so nothing stands below it.
    expect(here.place).toBeNull();
    expect(here.pathOf("x.sql")).toBe("x.sql");
    expect(there.place?.file).toBe("packages/sdk/test/places.test.ts");
    expect(there.pathOf("./x.sql")).toBe("packages/sdk/test/x.sql");
    expect(there.pathOf("/data/x.sql")).toMatch(/\.\.\/data\/x\.sql$/);
  });

  test("are written as terminals link them", () => {
    expect(formatPlace({ file: "flows/a.ts", line: 3, column: 7 })).toBe("flows/a.ts:3:7");
  });
});
