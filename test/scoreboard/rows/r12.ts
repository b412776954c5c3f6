import { measureShares } from "../../../bench/fairness.ts";
import { median, quantile } from "../../../bench/figures.ts";
import type { ScoreboardRow } from "../row.ts";

export const row: ScoreboardRow = {
  id: "R12",
  title: "a backfill beside live tasks, and as much live work beside it",
  goal: "live p99 ≤ 2× idle; backfill ≥ 10 % of what begins",
  stores: ["sqlite", "postgres"],
  async run({ store, full, log, postgresUrl }) {
    const size = full ? { tasks: 100_000, everyMs: 1_000 } : { tasks: 6_000, everyMs: 50 };
    const place = store === "postgres" ? { ...size, postgresUrl: await postgresUrl() } : size;
    const { idle, beside, backfillShare } = await measureShares(place);
    log(`${idle.length} live tasks alone, ${beside.length} beside the backfill`);
    const ratio = quantile(beside, 0.99) / quantile(idle, 0.99);
    const percent = (backfillShare * 100).toFixed(1);
    return {
      figure: `live p99 ${ratio.toFixed(2)}× idle (p50 ${median(beside).toFixed(1)} ms), backfill ${percent} %`,
      // Room for one in a thousand: the share is of starts that come in whole.
      reached: ratio <= 2 && backfillShare >= 0.099,
      details: { ratio, backfillShare, idleP99Ms: quantile(idle, 0.99), besideP99Ms: quantile(beside, 0.99) },
    };
  },
};
