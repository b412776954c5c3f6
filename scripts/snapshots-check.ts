// `npm run snapshots:check`: the schema of the database and the SQL of every act are committed, so that a reviewer
// sees what changed. This gate fails when the committed files are not what the sources say now.
import process from "node:process";
import { run } from "./run.ts";

process.exitCode = await run("node", [
  "--conditions=@millrace/source",
  "packages/store/scripts/snapshot.ts",
  "--check",
]);
