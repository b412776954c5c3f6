// `npm run verify`: every gate but the quick tests. All of them run, so that one
// visit shows everything that is wrong.
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { runQuietly } from "./run.ts";

/**
 * Of the scoreboard the rows that count and do not time, each time with the same chance: whether a commit passes must not
 * hang on what else the machine does. The others are run by hand, on a quiet one.
 */
const COUNTING_ROWS = ["R1", "R2", "R4", "R6", "R25"];
const SCOREBOARD = ["scoreboard", "--", "--dry", "--seed", "1", ...COUNTING_ROWS.flatMap((id) => ["--row", id])];

type Gate = string | readonly string[];

/** Before all others: some of them look at what is built, and none of them finds half of it. */
const FIRST: readonly Gate[] = ["build"];

/**
 * Two lanes beside each other, since what kills and restarts processes waits more than it computes. In each the gates are
 * in the order in which they are cheap. The tests start what is published: that is what users have, and it starts faster.
 */
const LANES: readonly (readonly Gate[])[] = [
  [
    "format:check",
    "typecheck",
    "lint:biome",
    "lint:promises",
    "layers",
    "knip",
    "package:check",
    "snapshots:check",
    "test:coverage",
    "test:postgres15",
    "examples",
    SCOREBOARD,
  ],
  [["test:long", "--", "--published"]],
];

interface Result {
  readonly gate: string;
  readonly code: number;
  readonly seconds: string;
}

/** Runs the gates of a lane one after the other. What a gate says is written whole when it ends: the lanes do not mix. */
async function runLane(gates: readonly Gate[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const words of gates) {
    const [gate = "", ...args] = typeof words === "string" ? [words] : words;
    const startedAt = performance.now();
    const { code, output } = await runQuietly("npm", ["run", "--silent", gate, ...args]);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`\n== ${gate} (${seconds} s)\n${output}`);
    results.push({ gate, code, seconds });
  }
  return results;
}

// What Node has made of a source once is not made again by each process of each gate.
process.env["NODE_COMPILE_CACHE"] ??= path.join(tmpdir(), "node-compile-cache");

const results = [...(await runLane(FIRST)), ...(await Promise.all(LANES.map(runLane))).flat()];

process.stdout.write("\n");
for (const { gate, code, seconds } of results) {
  process.stdout.write(`${code === 0 ? "ok    " : "FAILED"} ${gate} (${seconds} s)\n`);
}
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
