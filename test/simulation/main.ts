/**
 * `npm run -s simulate`: plays simulations of the engine, and says what went wrong.
 *
 *   --seed <n>       the first. Defaults to 1.
 *   --steps <n>      plays simulations, each with the next seed, until so many steps were made. Defaults to one simulation.
 *   --store <name>   memory or sqlite. Defaults to memory.
 *   --until-wrong    ends with the first simulation in which something is wrong.
 *   --story          prints everything that happens in one simulation, in order.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { simulate } from "./simulation.ts";
import { playSuite } from "./suite.ts";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    steps: { type: "string", default: "1" },
    store: { type: "string", default: "memory" },
    "until-wrong": { type: "boolean", default: false },
    story: { type: "boolean", default: false },
  },
});
const say = (line: string): unknown => process.stdout.write(`${line}\n`);
const store = options.store === "sqlite" ? "sqlite" : "memory";
const seed = Number(options.seed);
if (options.story) {
  const { wrong, digest, steps, troubles } = await simulate({ seed, store, onLine: say });
  for (const what of wrong) say(`WRONG: ${what}`);
  say(JSON.stringify({ seed, steps, wrong: wrong.length, troubles, digest }));
  process.exitCode = wrong.length === 0 ? 0 : 1;
} else {
  const result = await playSuite({
    store,
    firstSeed: seed,
    steps: Number(options.steps),
    replayEvery: 0,
    untilWrong: options["until-wrong"],
    log: say,
  });
  const { wrong: _wrong, ...figures } = result;
  say(JSON.stringify(figures));
  process.exitCode = result.failedSeeds.length === 0 ? 0 : 1;
}
