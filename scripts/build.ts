// `npm run build`: makes what is published, in dist/publish. Development never needs it.
import { rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { bundle } from "./publish/bundle.ts";
import { writeDeclarations } from "./publish/declarations.ts";
import { stage } from "./publish/stage.ts";
import { PUBLISHED, type Published, ROOT, readManifest } from "./publish/workspace.ts";
import { must } from "./run.ts";

/** What the built files import and the manifest does not name: it would be missing on a user's machine. */
function undeclared({ folder, borrowed }: Published, imported: Iterable<string>): string[] {
  const { name, dependencies, peerDependencies } = readManifest(folder);
  const declared = new Set([...Object.keys(dependencies ?? {}), ...Object.keys(peerDependencies ?? {}), name]);
  if (borrowed.length > 0) declared.add("millrace");
  // Node's own types come with the user's TypeScript project.
  declared.add("node");
  return [...new Set(imported)].filter((specifier) => !declared.has(specifier)).map((missing) => `${name}: ${missing}`);
}

rmSync(path.join(ROOT, "dist"), { recursive: true, force: true });
for (const { folder } of PUBLISHED)
  rmSync(path.join(ROOT, "packages", folder, "dist"), { recursive: true, force: true });

await must("tsc", ["--project", "tsconfig.build.json"], ROOT);
const missing: string[] = [];
for (const published of PUBLISHED) {
  const imported = await bundle(published);
  missing.push(...undeclared(published, [...imported, ...writeDeclarations(published)]));
  stage(published);
}
for (const line of missing) process.stderr.write(`imported and not declared in package.json: ${line}\n`);
process.exitCode = missing.length > 0 ? 1 : 0;
