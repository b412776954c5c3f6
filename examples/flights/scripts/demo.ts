// `npm run demo`: runs the flow as anybody would, and says where its report is.
import { spawn } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const folder = path.resolve(import.meta.dirname, "..");
const child = spawn("millrace", ["run", "flights", ...process.argv.slice(2)], { cwd: folder, stdio: "inherit" });
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
  if (code !== 0) return;
  const report = pathToFileURL(path.join(folder, "out/report.html")).href;
  process.stdout.write(`\nThe report: ${report}\nRun it again: what has not changed is taken from the cache.\n`);
});
