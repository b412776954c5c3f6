import type { Change } from "../../simulation/schedules/stories.ts";
import { tellOfClocks } from "../../simulation/schedules/stories.ts";
import type { ScoreboardRow } from "../row.ts";

const CHANGES: readonly Change[] = ["forward", "back"];

export const row: ScoreboardRow = {
  id: "R10",
  title: "Simulated: clocks wrong by ±5 min and set by ±1 h, leaders that die and freeze, schedules of every minute",
  goal: "0 early lease thefts, 0 ticks made twice or missed, 0 negative durations",
  stores: ["memory"],
  limitMinutes: { sized: 2, full: 40 },
  async run({ full, seed, log }) {
    const [stories, hours] = full ? [6, 24] : [2, 3];
    const sum = { ticks: 0, missed: 0, doubled: 0, strange: 0, thefts: 0, negative: 0, jumps: 0, other: 0 };
    const wrong: string[] = [];
    for (let story = 0; story < stories; story += 1) {
      const change = CHANGES[story % CHANGES.length] ?? "forward";
      const told = await tellOfClocks({ seed: seed + story, change, hours });
      sum.ticks += told.ticks.expected;
      sum.missed += told.ticks.missed;
      sum.doubled += told.ticks.doubled;
      sum.strange += told.ticks.strange;
      sum.thefts += told.thefts;
      sum.negative += told.negativeDurations;
      for (const [what, times] of Object.entries(told.troubles)) {
        if (what.startsWith("jumps")) sum.jumps += times;
        else sum.other += times;
      }
      for (const what of told.wrong.slice(0, 20)) log(`seed ${seed + story}, ${change}: ${what}`);
      wrong.push(...told.wrong);
    }
    return {
      figure:
        `${sum.ticks.toLocaleString("en")} ticks in ${stories * hours} h with ${sum.jumps} jumps of an hour and ${sum.other} other troubles: ` +
        `${sum.thefts} early thefts, ${sum.doubled} twice, ${sum.missed} missed, ${sum.strange} strange, ${sum.negative} negative durations`,
      reached: wrong.length === 0 && sum.negative === 0 && sum.ticks > 0,
      details: { ...sum, violations: wrong.length },
    };
  },
};
