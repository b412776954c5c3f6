import type { FlowCalendar } from "../../api/shapes.ts";
import { extentOf } from "../backfills/extent.ts";

const DAY_MS = 86_400_000;

/** A month as it is drawn. */
export interface Month {
  /** `2026-11`. */
  readonly name: string;
  /** How many places stay empty before its first day: weeks begin on Monday. */
  readonly before: number;
  /** `2026-11-01` and on. */
  readonly days: readonly string[];
}

/** The months from the day `from` to the day `to`, whole. */
export function monthsBetween(from: string, to: string): readonly Month[] {
  const months: Month[] = [];
  const [last] = [to.slice(0, 7)];
  for (let name = from.slice(0, 7); name <= last; name = nextMonth(name)) {
    const first = Date.parse(`${name}-01T00:00:00Z`);
    const count = Math.round((Date.parse(`${nextMonth(name)}-01T00:00:00Z`) - first) / DAY_MS);
    months.push({
      name,
      before: (new Date(first).getUTCDay() + 6) % 7,
      days: Array.from({ length: count }, (_, place) => dayText(first + place * DAY_MS)),
    });
  }
  return months;
}

/** The years in which partitions start, the newest first; none where they are no times. */
export function yearsOf(
  { timeZone }: Pick<FlowCalendar, "timeZone">,
  partitions: Parameters<typeof extentOf>[0] | undefined,
): readonly string[] {
  const extent = partitions === undefined ? null : extentOf(partitions, timeZone);
  if (extent === null) return [];
  const [first, last] = [Number(extent.first.slice(0, 4)), Number(extent.last.slice(0, 4))];
  return Array.from({ length: last - first + 1 }, (_, place) => String(last - place));
}

/** The year that is shown, where it is one from its first day to its last; else nothing. */
export function wholeYearOf({ from, to }: Pick<FlowCalendar, "from" | "to">): string {
  const year = to.slice(0, 4);
  return from === `${year}-01-01` && to === `${year}-12-31` ? year : "";
}

export function dayAfter(day: string, days: number): string {
  return dayText(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
}

/** `November 2026`. */
export function monthText(name: string): string {
  return textOf(`${name}-01`, { month: "long", year: "numeric" });
}

/** `Sunday 22 November 2026`. */
export function longDay(day: string): string {
  return textOf(day, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).replace(",", "");
}

function textOf(day: string, how: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...how }).format(Date.parse(`${day}T00:00:00Z`));
}

function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function nextMonth(name: string): string {
  const [year = 0, month = 0] = name.split("-").map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7);
}
