import { readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { type CalendarSpec, calendarDays, MillraceError, parseDay } from "@millrace/core";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { invalid, unknownOption } from "../task/read-option.ts";

const CALENDAR = Symbol.for("millrace.calendar");

/** Days that count, for the option `calendar` of schedules. */
export interface Calendar {
  readonly [CALENDAR]: CalendarDraft;
}

interface CalendarDraft {
  readonly roll: CalendarSpec["roll"];
  readonly spec: () => CalendarSpec;
}

export type WeekdayName = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

export interface CalendarOptions {
  /** Weekdays that count. Defaults to all seven. */
  readonly weekdays?: readonly WeekdayName[];
  /** Days that do not count, `"2026-12-24"`, in the time zone of the schedule. Defaults to none. */
  readonly exclude?: readonly string[];
  /** Days that count whatever else is said. Defaults to none. */
  readonly include?: readonly string[];
  /**
   * An iCalendar file (`.ics`) whose events' days do not count, relative to the file that names it. It is read when the
   * project is built. Defaults to none.
   */
  readonly holidays?: string;
  /** Events that repeat each year are taken up to this day. Defaults to `"2050-12-31"`. */
  readonly holidaysUntil?: string;
  /**
   * What becomes of a tick on a day that does not count: it is dropped (`"skip"`), or moves to the `"next"` or `"previous"`
   * day that does, at the same time of day. Defaults to `"skip"`.
   */
  readonly roll?: "skip" | "next" | "previous";
}

const WEEKDAYS: readonly WeekdayName[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const KNOWN = ["weekdays", "exclude", "include", "holidays", "holidaysUntil", "roll"];
const DEFAULT_HORIZON = "2050-12-31";

/**
 * The days on which schedules may tick.
 *
 * @example cron("0 6 * * *", { calendar: calendar({ weekdays: ["mon", "thu"], exclude: ["2026-12-24"] }) })
 */
export function calendar(options: CalendarOptions): Calendar {
  const site = new CallSite(calendar);
  return withPlace(site, () => makeCalendar(options, site));
}

/**
 * Monday to Friday, but for holidays.
 *
 * @example cron("0 6 * * *", { calendar: businessDays({ holidays: "./zurich.ics", roll: "next" }) })
 */
export function businessDays(options: Omit<CalendarOptions, "weekdays"> = {}): Calendar {
  const site = new CallSite(businessDays);
  return withPlace(site, () => makeCalendar({ ...options, weekdays: ["mon", "tue", "wed", "thu", "fri"] }, site));
}

function makeCalendar(options: CalendarOptions, site: CallSite): Calendar {
  if (typeof options !== "object" || options === null) throw invalid("calendar", "an object", options);
  const unknown = Object.keys(options).find((option) => !KNOWN.includes(option));
  if (unknown !== undefined) throw unknownOption(unknown, "a calendar", KNOWN);
  const { weekdays = WEEKDAYS, exclude = [], include = [], holidays, roll = "skip" } = options;
  if (roll !== "skip" && roll !== "next" && roll !== "previous") {
    throw invalid("`roll` of a calendar", '"skip", "next" or "previous"', roll);
  }
  const until = readDays([options.holidaysUntil ?? DEFAULT_HORIZON], "holidaysUntil")[0] as string;
  const numbers = readWeekdays(weekdays);
  const days = { exclude: readDays(exclude, "exclude"), include: readDays(include, "include") };
  if (numbers.length === 0 && days.include.length === 0) {
    const hint = "Name `weekdays` that count, or days to `include`.";
    throw new MillraceError("INVALID_OPTION", "The calendar has no day that counts", { hint });
  }
  let spec: CalendarSpec | undefined;
  const read = (): CalendarSpec => {
    const off = holidays === undefined ? [] : withPlace(site, () => readHolidays(holidays, until, site));
    return Object.freeze({
      weekdays: numbers,
      exclude: sorted([...days.exclude, ...off]),
      include: days.include,
      roll,
      ...(holidays === undefined ? {} : { files: [site.pathOf(holidays)] }),
    });
  };
  return Object.freeze({
    [CALENDAR]: {
      roll,
      spec: () => {
        spec ??= read();
        return spec;
      },
    },
  });
}

/** The kind of schedule that has a calendar. */
interface CalendarUser {
  /** For messages: `cron schedule`. */
  readonly what: string;
  /** It names no times of day: ticks cannot move to another day. */
  readonly unnamed?: boolean;
}

/** The calendar of a schedule, to be read later. */
export function readCalendar(value: unknown, { what, unnamed }: CalendarUser): () => CalendarSpec {
  if (typeof value !== "object" || value === null || !(CALENDAR in value)) {
    throw invalid(`\`calendar\` of a ${what}`, "what calendar(…) or businessDays(…) gave", value);
  }
  const draft = (value as Calendar)[CALENDAR];
  if (unnamed === true && draft.roll !== "skip") {
    const message = `The \`calendar\` of a ${what} moves ticks to another day (roll: "${draft.roll}")`;
    const hint = "This schedule names no time of day that could move: its calendar can only skip.";
    throw new MillraceError("INVALID_OPTION", message, { hint });
  }
  return draft.spec;
}

function readHolidays(file: string, until: string, site: CallSite): readonly string[] {
  const { absolute } = site;
  const path = absolute !== null && isAbsolute(absolute.file) ? resolve(dirname(absolute.file), file) : resolve(file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const hint = "Names of files are relative to the file that names them.";
    throw new MillraceError("MISSING_FILE", `The holidays of a calendar cannot be read: ${path}.`, { hint, cause });
  }
  return calendarDays(text, until, `calendar ${site.pathOf(file)}`);
}

function readWeekdays(names: unknown): readonly number[] {
  if (!Array.isArray(names)) throw invalid("`weekdays` of a calendar", 'a list such as ["mon", "thu"]', names);
  const wrong = names.find((name) => !WEEKDAYS.includes(name));
  if (wrong !== undefined) throw invalid("`weekdays` of a calendar", `made of ${WEEKDAYS.join(", ")}`, wrong);
  return WEEKDAYS.flatMap((name, index) => (names.includes(name) ? [index + 1] : []));
}

function readDays(days: unknown, option: string): readonly string[] {
  if (!Array.isArray(days)) throw invalid(`\`${option}\` of a calendar`, 'a list such as ["2026-12-24"]', days);
  const wrong = days.find((day) => typeof day !== "string" || parseDay(day) === undefined);
  if (wrong !== undefined) throw invalid(`\`${option}\` of a calendar`, 'made of days such as "2026-12-24"', wrong);
  return sorted(days);
}

function sorted(days: readonly string[]): readonly string[] {
  return [...new Set(days)].sort();
}
