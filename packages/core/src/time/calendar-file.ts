import { MillraceError } from "../errors/millrace-error.ts";
import { DAY_MS, dayOf, formatDay, type LocalMs, parseDay } from "./civil.ts";
import { parseDateTime } from "./date-time.ts";
import { parseRecurrenceRule, type RecurrenceRule } from "./recurrence-rule.ts";
import { RuleDays } from "./rule-days.ts";

/** One event, as far as it says which days it is on. */
interface CalendarEvent {
  readonly start: LocalMs;
  /** How many days it is on, each time. */
  readonly days: number;
  readonly rules: readonly RecurrenceRule[];
  readonly dates: readonly LocalMs[];
  readonly excluded: ReadonlySet<number>;
}

/** No holiday is longer; what is, is a mistake in a file. */
const LONGEST_DAYS = 366;

/**
 * The days of the events of an iCalendar file (RFC 5545), in order: `2026-12-25`. Times of day and their zones do not
 * matter; cancelled events are left out.
 *
 * @param until events that repeat are taken up to and at this day.
 * @param owner for messages: `calendar holidays.ics`.
 * @throws MillraceError `INVALID_OPTION`
 */
export function calendarDays(text: string, until: string, owner: string): readonly string[] {
  const lines = text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/);
  if (lines[0]?.trim().toUpperCase() !== "BEGIN:VCALENDAR") {
    throw new MillraceError("INVALID_OPTION", `The ${owner} is no iCalendar file.`, {
      hint: "Such a file, usually called something.ics, begins with BEGIN:VCALENDAR.",
    });
  }
  const last = parseDay(until) as number;
  const days = new Set<number>();
  for (const event of eventsOf(lines, owner)) {
    for (const first of beginnings(event, last)) {
      for (let day = first; day < first + event.days; day += 1) days.add(day);
    }
  }
  return [...days].sort((a, b) => a - b).map(formatDay);
}

/** The first days of an event's occurrences. */
function beginnings({ start, rules, dates, excluded }: CalendarEvent, last: number): readonly number[] {
  const found = [start, ...dates].map(dayOf);
  for (const rule of rules) {
    const end = Math.min(rule.until?.localMs ?? Number.POSITIVE_INFINITY, last * DAY_MS);
    const repeated = new RuleDays(rule, dayOf(start) * DAY_MS, end + DAY_MS - 1);
    for (let day = repeated.atOrAfter(dayOf(start)); day !== undefined; day = repeated.atOrAfter(day + 1)) {
      found.push(day);
    }
  }
  return found.filter((day) => !excluded.has(day));
}

function eventsOf(lines: readonly string[], owner: string): readonly CalendarEvent[] {
  const events: CalendarEvent[] = [];
  let open: Map<string, string[]> | null = null;
  // What stands within an event, such as an alarm, has dates of its own.
  let depth = 0;
  for (const line of lines) {
    const [, name = "", value = ""] = /^([A-Z-]+)(?:;[^:]*)?:(.*)$/i.exec(line.trim()) ?? [];
    const property = name.toUpperCase();
    if (property === "BEGIN") {
      if (open !== null) depth += 1;
      else if (value.toUpperCase() === "VEVENT") open = new Map();
    } else if (property === "END" && open !== null && depth > 0) depth -= 1;
    else if (property === "END" && open !== null) {
      if (open.get("STATUS")?.[0]?.toUpperCase() !== "CANCELLED") events.push(eventOf(open, owner));
      open = null;
    } else if (open !== null && depth === 0) open.set(property, [...(open.get(property) ?? []), value]);
  }
  return events;
}

function eventOf(properties: ReadonlyMap<string, readonly string[]>, owner: string): CalendarEvent {
  const named = `${owner}, event ${JSON.stringify(properties.get("SUMMARY")?.[0] ?? "without a name")}`;
  const read = (name: string): readonly LocalMs[] =>
    (properties.get(name) ?? []).flatMap((value) =>
      value.split(",").map((each) => parseDateTime(each, `${name} of ${named}`).localMs),
    );
  const [start] = read("DTSTART");
  if (start === undefined) {
    throw new MillraceError("INVALID_OPTION", `The ${named} has no DTSTART.`, { hint: "An event begins on a day." });
  }
  // The end of an event is not part of it any more; without one it is as long as its first day.
  const [end = start + 1] = read("DTEND");
  const days = Math.max(1, Math.ceil((end - dayOf(start) * DAY_MS) / DAY_MS));
  if (days > LONGEST_DAYS) {
    throw new MillraceError("INVALID_OPTION", `The ${named} goes on for ${days} days.`, {
      hint: "Days off in a calendar go on for a year at most.",
    });
  }
  return {
    start,
    days,
    rules: (properties.get("RRULE") ?? []).map((rule) => parseRecurrenceRule(rule, `RRULE of ${named}`)),
    dates: read("RDATE"),
    excluded: new Set(read("EXDATE").map(dayOf)),
  };
}
