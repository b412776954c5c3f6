import type { CalendarDay } from "../../api/shapes.ts";
import type { Tone } from "../../ui/states.ts";

export interface DayLook {
  /** Told apart without colours. */
  readonly letter: string;
  readonly text: string;
  readonly tone: Tone | "missing" | "planned" | "none";
}

/** In the order in which they are looked for: a day is what needs somebody most. */
const LOOKS: readonly (readonly [count: Exclude<keyof CalendarDay, "day" | "runs" | "keys">, look: DayLook])[] = [
  ["failed", { letter: "F", text: "failed", tone: "failed" }],
  ["missing", { letter: "M", text: "missing", tone: "missing" }],
  ["unfinished", { letter: "R", text: "not over yet", tone: "running" }],
  ["cancelled", { letter: "C", text: "cancelled", tone: "idle" }],
  ["success", { letter: "S", text: "succeeded", tone: "success" }],
  ["planned", { letter: "P", text: "planned", tone: "planned" }],
];

export const LEGEND: readonly DayLook[] = LOOKS.map(([, look]) => look);

const NOTHING: DayLook = { letter: "", text: "nothing", tone: "none" };

/** How a day looks: by what in it needs somebody most. */
export function lookOf(day: CalendarDay | undefined): DayLook {
  if (day === undefined) return NOTHING;
  return LOOKS.find(([count]) => day[count] > 0)?.[1] ?? NOTHING;
}

/** `3 succeeded, 1 failed; 6 runs`. */
export function countWords(day: CalendarDay | undefined): string {
  if (day === undefined) return "nothing";
  const counted = LOOKS.flatMap(([count, { text }]) => (day[count] > 0 ? [`${day[count]} ${text}`] : []));
  const covered = day.success + day.failed + day.cancelled + day.unfinished;
  if (counted.length === 0) return "nothing";
  return `${counted.join(", ")}${day.runs > covered ? `; ${day.runs} runs` : ""}`;
}

/** The sum of some days. */
export function sumOf(days: readonly CalendarDay[]): CalendarDay {
  const keys = days.flatMap((day) => (day.keys === null ? [] : [day.keys]));
  const [first, last] = [keys[0], keys.at(-1)];
  const keysOfAll = first === undefined || last === undefined ? null : { first: first.first, last: last.last };
  return days.reduce<CalendarDay>(
    (sum, day) => ({
      day: "",
      keys: keysOfAll,
      success: sum.success + day.success,
      failed: sum.failed + day.failed,
      cancelled: sum.cancelled + day.cancelled,
      unfinished: sum.unfinished + day.unfinished,
      missing: sum.missing + day.missing,
      planned: sum.planned + day.planned,
      runs: sum.runs + day.runs,
    }),
    { day: "", keys: keysOfAll, success: 0, failed: 0, cancelled: 0, unfinished: 0, missing: 0, planned: 0, runs: 0 },
  );
}
