import { compare } from "../../oracle/compare.ts";
import { EXPRESSIONS } from "../../oracle/expressions.ts";
import { FULL_RANGE, SAMPLE_RANGE, SAMPLE_ZONES } from "../../oracle/sample.ts";
import { type Change, tellOfCrashes } from "../../simulation/schedules/stories.ts";
import type { RowSetting, ScoreboardRow } from "../row.ts";

const CHANGES: readonly Change[] = ["forward", "back"];
const HOURS = { sized: 2, full: 72 };
/** So many of the sample's zones, by chance, in the small size. */
const SIZED_ZONES = 2;

export const row: ScoreboardRow = {
  id: "R9",
  title:
    "Simulated: 72 h of minute schedules through changes of clocks in five zones, the leader dies at each tick; cron against an oracle in all zones",
  goal: "0 missed, 0 duplicated; 0 differences in all zones × 10 years × 40 expressions",
  stores: ["memory"],
  limitMinutes: { sized: 2, full: 90 },
  async run(at) {
    const simulated = await simulatedDays(at);
    const { zones, compared, differing, differences } = compare({
      zones: at.full ? Intl.supportedValuesOf("timeZone") : someZones(at.seed),
      expressions: EXPRESSIONS,
      range: at.full ? FULL_RANGE : SAMPLE_RANGE,
    });
    for (const difference of differences) at.log(difference);
    return {
      figure:
        `${simulated.figure}; ${differing} differences in ${compared.toLocaleString("en")} comparisons of ` +
        `${EXPRESSIONS.length} expressions in ${zones} zones`,
      reached: simulated.wrong === 0 && simulated.ticks > 0 && differing === 0,
      details: { ...simulated.details, zones, compared, differing },
    };
  },
};

function someZones(seed: number): readonly string[] {
  return Array.from(
    { length: SIZED_ZONES },
    (_, index) => SAMPLE_ZONES[(seed + index * 5) % SAMPLE_ZONES.length] ?? "UTC",
  );
}

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
