import { play } from "../../model/play.ts";
import { storeMaker } from "../../model/stores.ts";
import type { ScoreboardRow, StoreName } from "../row.ts";

/** A sequence on PostgreSQL needs a schema of its own, which costs more than the sequence. */
const SEQUENCES: Readonly<Record<"sized" | "full", Readonly<Record<StoreName, number>>>> = {
  sized: { memory: 1_000, sqlite: 200, postgres: 30 },
  full: { memory: 50_000, sqlite: 50_000, postgres: 5_000 },
};

export const row: ScoreboardRow = {
  id: "R25",
  title: "Model-based: commands, ends of attempts, time and new leaders in any order, against a plain model",
  goal: "50,000 sequences (5,000 on PostgreSQL), 0 divergences",
  stores: ["memory", "sqlite", "postgres"],
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
