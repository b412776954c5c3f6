// `npm run build`: makes what is published, in dist/publish. Development never needs it.
import { rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { bundle } from "./publish/bundle.ts";
import { writeDeclarations } from "./publish/declarations.ts";
import { linkStaged, stage } from "./publish/stage.ts";
import { needsOf, PUBLISHED, type Published, ROOT, readManifest } from "./publish/workspace.ts";
import { must } from "./run.ts";

/** What the built files import and no manifest of ours names: it would be missing on a user's machine. */
function undeclared(published: Published, imported: ReadonlySet<string>): string[] {
  const { dependencies, peerDependencies } = needsOf(published);
  const { name } = readManifest(published.folder);
  return [...imported]
    .filter((needed) => needed !== name && dependencies[needed] === undefined && peerDependencies[needed] === undefined)
    .map((needed) => `${name}: ${needed}`);
}

rmSync(path.join(ROOT, "dist"), { recursive: true, force: true });
for (const { folder } of PUBLISHED)
  rmSync(path.join(ROOT, "packages", folder, "dist"), { recursive: true, force: true });

await must("tsc", ["--project", "tsconfig.build.json"], ROOT);
// Before the bundle, which takes the built pages along.
await must("npm", ["run", "--silent", "build", "--workspace", "@millrace/web", "--", "--if-stale"], ROOT);
await must("npm", ["run", "--silent", "size", "--workspace", "@millrace/web"], ROOT);
const missing: string[] = [];
for (const published of PUBLISHED) {
  const imported = new Set([...(await bundle(published)), ...writeDeclarations(published)]);
  missing.push(...undeclared(published, imported));
  stage(published, imported);
}
linkStaged();
for (const line of missing) process.stderr.write(`imported and not declared in package.json: ${line}\n`);
process.exitCode = missing.length > 0 ? 1 : 0;
