// `npm run package:check`: looks at the staged packages with the eyes of those who install them, and then uses them.
import { existsSync } from "node:fs";
import process from "node:process";
import { stageFolder } from "./publish/stage.ts";
import { tryOut } from "./publish/try-out.ts";
import { PUBLISHED } from "./publish/workspace.ts";
import { must, run } from "./run.ts";

let failed = 0;
for (const published of PUBLISHED) {
  const folder = stageFolder(published);
  if (!existsSync(folder)) await must("npm", ["run", "--silent", "build"]);
  failed += await run("publint", ["run", folder, "--strict"]);
  failed += await run("attw", ["--pack", folder, "--profile", "esm-only"]);
}
failed += await tryOut();
process.exitCode = failed === 0 ? 0 : 1;
