/**
 * `npm run -s simulate`: plays simulations of the engine, and says what went wrong.
 *
 *   --seed <n>       the first. Defaults to 1.
 *   --count <n>      how many, each with the next seed. Defaults to 1.
 *   --steps <n>      goes on until so many steps were made; instead of --count.
 *   --store <name>   memory or sqlite. Defaults to memory.
 *   --story          prints everything that happens, in order.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { simulate } from "./simulation.ts";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "1" },
    steps: { type: "string" },
    store: { type: "string", default: "memory" },
    story: { type: "boolean", default: false },
  },
});
const say = (line: string): unknown => process.stdout.write(`${line}\n`);
const store = options.store === "sqlite" ? "sqlite" : "memory";
const count = options.steps === undefined ? Number(options.count) : Number.POSITIVE_INFINITY;
const wanted = Number(options.steps ?? Number.POSITIVE_INFINITY);
const startedAt = performance.now();
let [steps, failed] = [0, 0];
for (let at = 0; at < count && steps < wanted; at += 1) {
  const seed = Number(options.seed) + at;
  const result = await simulate({ seed, store, ...(options.story ? { onLine: say } : {}) });
  steps += result.steps;
  const { wrong, runs, taskRuns, convergedMs, digest } = result;
  if (wrong.length > 0) failed += 1;
  if (count === 1 || wrong.length > 0) {
    say(
      `seed ${seed}: ${result.steps} steps, ${runs} runs, ${taskRuns} task runs, over after ${convergedMs} ms, ${digest.slice(0, 12)}`,
    );
    say(JSON.stringify(result.troubles));
  }
  for (const what of wrong) say(`  ${what}`);
}
const seconds = (performance.now() - startedAt) / 1_000;
say(`${steps} steps in ${seconds.toFixed(1)} s, ${failed} simulations failed`);
process.exitCode = failed === 0 ? 0 : 1;
