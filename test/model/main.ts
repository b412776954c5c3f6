// Plays sequences on a store in memory, or one again that a scoreboard row or a test has named:
// `node --conditions=@millrace/source test/model/main.ts <seed> [<path> <commands>]`
import process from "node:process";
import { play } from "./play.ts";
import { openMemoryStore } from "./stores.ts";

const SEQUENCES = 1_000;

const [seed = "1", path, replayPath] = process.argv.slice(2);
const again = path === undefined || replayPath === undefined ? {} : { path, replayPath };
const sequences = path === undefined ? SEQUENCES : 1;
const played = await play(openMemoryStore, { sequences, seed: Number(seed), ...again });
process.stdout.write(`${played.sequences} sequences of ${played.commands} commands\n`);
if (played.divergence !== undefined) {
  process.stdout.write(`${played.divergence}\n`);
  process.exitCode = 1;
}
