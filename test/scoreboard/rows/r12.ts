import { measureShares } from "../../../bench/fairness.ts";
import { median, quantile } from "../../../bench/figures.ts";
import type { ScoreboardRow } from "../row.ts";

/** What is ready and has room waits no longer than this, in milliseconds. */
const LONGEST_MS = 60_000;

export const row: ScoreboardRow = {
  id: "R12",
  title: "a backfill beside live tasks, live work beside a backfill, and both at once",
  goal: "live p99 ≤ 2× idle; backfill ≥ 10 % of slots; nothing waits > 60 s with room",
  stores: ["sqlite", "postgres"],
  async run({ store, full, log, postgresUrl }) {
    const size = full ? { tasks: 100_000, everyMs: 1_000 } : { tasks: 4_000, everyMs: 20 };
    const place = store === "postgres" ? { ...size, postgresUrl: await postgresUrl() } : size;
    const { idle, beside, backfillBeside, backfillShare } = await measureShares(place);
    log(`${idle.length} live tasks alone, ${beside.length} beside the backfill, ${backfillBeside.length} of backfill`);
    const [idleP99Ms, besideP99Ms] = [quantile(idle, 0.99), quantile(beside, 0.99)];
    const ratio = besideP99Ms / idleP99Ms;
    const longestMs = Math.max(...beside, ...backfillBeside);
    const percent = (backfillShare * 100).toFixed(1);
    return {
      figure: `live p99 ${ratio.toFixed(2)}× idle (p50 ${median(beside).toFixed(1)} ms), backfill ${percent} %, longest ${(longestMs / 1000).toFixed(2)} s`,
      reached: ratio <= 2 && backfillShare >= 0.1 && longestMs <= LONGEST_MS,
      details: { ratio, backfillShare, idleP99Ms, besideP99Ms, longestMs },
    };
  },
};
