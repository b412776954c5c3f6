import { play } from "../../model/play.ts";
import { storeMaker } from "../../model/stores.ts";
import type { ScoreboardRow, StoreName } from "../row.ts";

/** A sequence needs a store of its own; to make one on a database costs more than the sequence. */
const SEQUENCES: Readonly<Record<"sized" | "full", Readonly<Record<StoreName, number>>>> = {
  sized: { memory: 1_000, sqlite: 40, postgres: 20 },
  full: { memory: 50_000, sqlite: 2_000, postgres: 2_000 },
};

export const row: ScoreboardRow = {
  id: "R25",
  title: "Model-based: commands, ends of attempts, time and new leaders in any order, against a plain model",
  goal: "50,000 sequences in memory, 2,000 on a database; 0 divergences",
  stores: ["memory", "sqlite", "postgres"],
  limitMinutes: { sized: 4, full: 60 },
  async run({ store, full, seed, log, postgresUrl }) {
    const sequences = SEQUENCES[full ? "full" : "sized"][store];
    const played = await play(await storeMaker(store, postgresUrl), { sequences, seed });
    if (played.divergence !== undefined) log(played.divergence);
    const divergences = played.divergence === undefined ? 0 : 1;
    return {
      figure:
        `${played.sequences.toLocaleString("en")} sequences of ${played.commands.toLocaleString("en")} commands: ` +
        `${divergences} divergences`,
      reached: divergences === 0 && played.sequences === sequences,
      details: { sequences: played.sequences, commands: played.commands, divergences },
    };
  },
};
