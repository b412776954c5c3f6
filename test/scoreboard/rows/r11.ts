import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { median, quantile } from "../../../bench/figures.ts";
import { comeBack } from "../../simulation/schedules/downtime.ts";
import type { ScoreboardRow } from "../row.ts";

const LONGEST_MS = 500;
const SCHEDULES = { sized: 100, full: 1_000 };
const LIMIT_MS = { sized: 100_000, full: 30 * 60_000 };

export const row: ScoreboardRow = {
  id: "R11",
  title: "1,000 hourly schedules after 72 hours down, each catchup policy, in the days in which clocks change",
  goal: "the oracle's set exactly; p99 of what is asked meanwhile ≤ 500 ms",
  stores: ["sqlite", "postgres"],
  limitMinutes: { sized: 2, full: 40 },
  async run({ store: kind, full, log, postgresUrl }) {
    const folder = mkdtempSync(path.join(tmpdir(), "millrace-downtime-"));
    const size = full ? "full" : "sized";
    const url = kind === "postgres" ? await postgresUrl() : `sqlite:${path.join(folder, "millrace.db")}`;
    const store = await openStore(parseDatabaseUrl(url));
    try {
      const { ticks, answersMs, seconds } = await comeBack({
        store,
        schedules: SCHEDULES[size],
        limitMs: LIMIT_MS[size],
      });
      for (const what of ticks.wrong.slice(0, 20)) log(what);
      const p99Ms = quantile(answersMs, 0.99);
      const { expected, missed, doubled, strange } = ticks;
      return {
        figure:
          `${SCHEDULES[size]} schedules, ${expected.toLocaleString("en")} ticks to make: ${missed} missed, ${doubled} doubled, ` +
          `${strange} not the oracle's, in ${seconds.toFixed(1)} s; of ${answersMs.length} questions p50 ${median(answersMs).toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
        reached: missed + doubled + strange === 0 && expected > 0 && p99Ms <= LONGEST_MS,
        details: { expected, missed, doubled, strange, seconds, p99Ms, questions: answersMs.length },
      };
    } finally {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
