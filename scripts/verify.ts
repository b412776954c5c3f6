// `npm run verify`: every gate but the tests, in the order in which they are cheap. All of them run, so that one
// visit shows everything that is wrong.
import process from "node:process";
import { run } from "./run.ts";

/**
 * Of the scoreboard the rows that count and do not time, each time with the same chance: whether a commit passes must not
 * hang on what else the machine does. The others are run by hand, on a quiet one.
 */
const COUNTING_ROWS = ["R1", "R2", "R4", "R6", "R25"];
const SCOREBOARD = ["scoreboard", "--", "--dry", "--seed", "1", ...COUNTING_ROWS.flatMap((id) => ["--row", id])];

const GATES: readonly (string | readonly string[])[] = [
  "format:check",
  "typecheck",
  "lint:biome",
  "lint:promises",
  "layers",
  "knip",
  "build",
  "package:check",
  "snapshots:check",
  "test:coverage",
  "test:long",
  "test:postgres15",
  "examples",
  SCOREBOARD,
];

const results: { gate: string; code: number; seconds: string }[] = [];
for (const words of GATES) {
  const [gate = "", ...args] = typeof words === "string" ? [words] : words;
  process.stdout.write(`\n== ${gate}\n`);
  const startedAt = performance.now();
  const code = await run("npm", ["run", "--silent", gate, ...args]);
  results.push({ gate, code, seconds: ((performance.now() - startedAt) / 1000).toFixed(1) });
}

process.stdout.write("\n");
for (const { gate, code, seconds } of results) {
  process.stdout.write(`${code === 0 ? "ok    " : "FAILED"} ${gate} (${seconds} s)\n`);
}
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
