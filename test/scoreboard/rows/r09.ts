import { type Change, tellOfCrashes } from "../../simulation/schedules/stories.ts";
import type { RowSetting, ScoreboardRow } from "../row.ts";

const CHANGES: readonly Change[] = ["forward", "back"];
const HOURS = { sized: 4, full: 72 };

export const row: ScoreboardRow = {
  id: "R9",
  title:
    "Simulated: 72 hours of minute schedules through changes of clocks in five zones, the leader dies at each tick",
  goal: "0 missed, 0 duplicated",
  stores: ["memory"],
  limitMinutes: { sized: 2, full: 60 },
  async run(at) {
    const simulated = await simulatedDays(at);
    return {
      figure: simulated.figure,
      reached: simulated.wrong === 0 && simulated.ticks > 0,
      details: simulated.details,
    };
  },
};

/** Both directions in which clocks change. */
async function simulatedDays({ full, seed, log }: RowSetting) {
  const hours = full ? HOURS.full : HOURS.sized;
  const sum = { ticks: 0, deaths: 0, missed: 0, doubled: 0, strange: 0, wrong: 0 };
  for (const change of CHANGES) {
    for (const turn of [0, 1]) {
      const { ticks, troubles, wrong } = await tellOfCrashes({ seed: 2 * seed + turn, change, hours });
      sum.ticks += ticks.expected;
      sum.deaths += troubles["leader dies"] ?? 0;
      sum.missed += ticks.missed;
      sum.doubled += ticks.doubled;
      sum.strange += ticks.strange;
      sum.wrong += wrong.length;
      for (const what of wrong.slice(0, 20)) log(`${change}, seed ${2 * seed + turn}: ${what}`);
    }
  }
  const figure =
    `${sum.ticks.toLocaleString("en")} ticks in four times ${hours} h, ${sum.deaths.toLocaleString("en")} deaths of leaders: ` +
    `${sum.missed} missed, ${sum.doubled} duplicated, ${sum.strange} strange`;
  return { figure, ticks: sum.ticks, wrong: sum.wrong, details: { ...sum } };
}
