// `npm run docs` writes the documents that are made from the sources; with `--check` it only says which are not as the
// sources are, and fails.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { generatedDocuments } from "./generated.ts";

const check = process.argv.includes("--check");
const stale: string[] = [];
for (const [file, text] of generatedDocuments()) {
  let before = "";
  try {
    before = readFileSync(file, "utf8");
  } catch {
    // It is made for the first time.
  }
  if (before === text) continue;
  stale.push(file);
  if (check) continue;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
for (const file of stale) process.stdout.write(`${check ? "stale, run npm run docs:" : "written:"} ${file}\n`);
process.exitCode = check && stale.length > 0 ? 1 : 0;
