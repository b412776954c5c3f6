// `npm run size -w packages/web`: holds what a browser must load before it shows anything to a size, gzipped.
import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";

const MOST_KB = 180;
const built = path.join(import.meta.dirname, "../dist");

/** The page, its scripts and all that those import at once. What is imported later is not the first JavaScript. */
function firstScripts(): readonly string[] {
  const page = readFileSync(path.join(built, "index.html"), "utf8");
  const found = new Set([...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, file]) => file as string));
  for (const file of found) {
    const text = readFileSync(path.join(built, file), "utf8");
    for (const [, name] of text.matchAll(/(?:from|import)\s*"(\.\/[^"]+\.js)"/g)) {
      found.add(path.posix.join(path.posix.dirname(file), name as string));
    }
  }
  return [...found];
}

const sizes = firstScripts().map((file) => {
  return { file, kb: gzipSync(readFileSync(path.join(built, file)), { level: 9 }).length / 1_000 };
});
const kb = sizes.reduce((sum, each) => sum + each.kb, 0);
for (const each of sizes.toSorted((a, b) => b.kb - a.kb))
  process.stdout.write(`${each.kb.toFixed(1)} KB  ${each.file}\n`);
process.stdout.write(`js_gzip_kb ${kb.toFixed(1)} of at most ${MOST_KB}\n`);
process.exitCode = kb > MOST_KB ? 1 : 0;
