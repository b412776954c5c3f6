import { formatDuration } from "../duration.ts";
import { civilDay, DAY_MS, dayOf, formatDay, weekdayOf } from "./civil.ts";
import { parseCron } from "./cron.ts";
import { describeCron } from "./describe-cron.ts";
import type { CalendarSpec, ScheduleSpec } from "./schedule-spec.ts";
import { counted, numbersInWords, ordinal, timeInWords, weekdayName } from "./words.ts";
import { type Zone, zoneOf } from "./zone.ts";

/** What a schedule means, in English: `every day at 02:00, Europe/Zurich`. */
export function describeSchedule(spec: ScheduleSpec): string {
  const zone = zoneOf(spec.timeZone, `time zone of schedule "${spec.name}"`);
  const { calendar, startMs, endMs } = spec;
  const parts = [
    timingInWords(spec, zone),
    ...(calendar === null ? [] : [calendarInWords(calendar)]),
    ...(startMs === null ? [] : [`from ${momentInWords(startMs, zone)}`]),
    ...(endMs === null ? [] : [`until ${momentInWords(endMs, zone)}`]),
  ];
  return `${parts.join(", ")}, ${spec.timeZone}`;
}

function timingInWords({ timing }: ScheduleSpec, zone: Zone): string {
  switch (timing.kind) {
    case "cron":
      return describeCron(parseCron(timing.expression));
    case "every":
      return timing.unit === "ms"
        ? `every ${elapsedInWords(timing.amount)} of elapsed time`
        : `every ${counted(timing.amount, timing.unit)}${anchorInWords(timing.unit, zone.toLocal(timing.anchorMs))}`;
    case "rrule":
      return `by the rule ${timing.rule
        .trim()
        .split(/\s*\r?\n\s*/)
        .join(" ")}`;
    case "continuous":
      return `again and again${timing.pauseMs === 0 ? "" : `, ${pauseInWords(timing.pauseMs)} after the end of each run`}`;
    case "once":
      return `once, on ${momentInWords(timing.atMs, zone)}`;
    case "custom":
      return "when its function says";
  }
}

const UNITS = [
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** In the largest unit that divides it: `15 minutes`. */
function elapsedInWords(ms: number): string {
  const unit = UNITS.find(([, unitMs]) => ms % unitMs === 0);
  return unit === undefined ? formatDuration(ms) : counted(ms / unit[1], unit[0]);
}

function pauseInWords(ms: number): string {
  return elapsedInWords(ms).replace(/^(?=[a-z])/, "1 ");
}

function anchorInWords(unit: "day" | "week" | "month", localMs: number): string {
  const day = dayOf(localMs);
  const time = ` at ${timeInWords(localMs - day * DAY_MS)}`;
  if (unit === "week") return ` on ${weekdayName(weekdayOf(day))}${time}`;
  return unit === "month" ? ` on the ${ordinal(civilDay(day).day)}${time}` : time;
}

function calendarInWords({ weekdays, exclude, include, roll }: CalendarSpec): string {
  const off = exclude.length === 0 ? "" : ` but for ${exclude.length === 1 ? "one day" : `${exclude.length} days`}`;
  const more =
    include.length === 0 ? "" : ` and ${include.length === 1 ? "one more day" : `${include.length} more days`}`;
  const days = weekdays.length === 7 ? "any day" : numbersInWords(weekdays, weekdayName);
  const moved = roll === "skip" ? "skipped" : `moved to the ${roll} such day`;
  return `on ${days}${off}${more} (else ${moved})`;
}

function momentInWords(atMs: number, zone: Zone): string {
  const localMs = zone.toLocal(atMs);
  const day = dayOf(localMs);
  return `${formatDay(day)} ${timeInWords(localMs - day * DAY_MS)}`;
}
