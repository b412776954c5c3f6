import { playCrashPoints } from "../../simulation/play-crash-points.ts";
import type { ScoreboardRow } from "../row.ts";

const SIZED = { sqlite: 100, postgres: 8 };

export const row: ScoreboardRow = {
  id: "R2",
  title:
    "Crash points: each statement of each transaction and around its COMMIT, failed and crashed; around each effect",
  goal: "100 % of the points, 0 violations",
  stores: ["sqlite", "postgres"],
  limitMinutes: { sized: 3, full: 120 },
  async run({ store, full, seed, log, postgresUrl }) {
    const kind = store === "postgres" ? "postgres" : "sqlite";
    const some = full ? {} : { some: SIZED[kind] };
    const result = await playCrashPoints({ store: kind, seed, log, postgresUrl, ...some });
    const { statements, effects, planned, played, wrong } = result;
    return {
      figure:
        `${played} of ${planned} crashes and failures, at ${statements} places of transactions and ${effects} of effects` +
        `${full ? "" : ", chosen by chance"}: ${wrong.length} violations`,
      reached: played === planned && planned > 0 && wrong.length === 0,
      details: { statements, effects, planned, played, violations: wrong.length },
    };
  },
};
