import {
  type CatchupPolicy,
  checkTimeZone,
  type Duration,
  encode,
  MillraceError,
  type ScheduleTiming,
} from "@millrace/core";
import type { CallSite } from "../source/call-site.ts";
import { invalid, readCount, readLimit, unknownOption } from "../task/read-option.ts";
import { type Calendar, readCalendar } from "./calendar.ts";
import { type PointInTime, readInstant } from "./read-instant.ts";
import { makeSchedule, type NextFunction, type Schedule } from "./schedule.ts";

/** What may be said about any schedule. */
export interface ScheduleOptions<Given> {
  /**
   * Its name within the flow, under which it remembers how far it is. Defaults to `default` for the first schedule of a
   * flow, and to `schedule-2`, … for the others.
   */
  readonly name?: string;
  /** The time zone of its clock, by its IANA name: `"Europe/Zurich"`. Defaults to `"UTC"`. */
  readonly timeZone?: string;
  /** The parameters of its runs. Defaults to none. */
  readonly params?: Given;
  /**
   * Which of the ticks that were missed, while nothing ran or the schedule was paused, are made up for: only the newest,
   * none, all, the `last` so many, or those `within` a time before now. Defaults to `"newest"`.
   */
  readonly catchup?: Catchup;
  /** Which of the missed ticks comes first. Defaults to `"oldest"`. */
  readonly catchupOrder?: "oldest" | "newest";
  /** No tick is before this. Defaults to no start: a schedule begins when its flow is first known. */
  readonly start?: PointInTime;
  /** No tick is at this or after it. Defaults to no end. */
  readonly end?: PointInTime;
  /** Days on which it may tick: `calendar(…)` or `businessDays(…)`. Defaults to all days. */
  readonly calendar?: Calendar;
}

export type Catchup = "newest" | "none" | "all" | { readonly last: number } | { readonly within: Duration };

const KNOWN = ["name", "timeZone", "params", "catchup", "catchupOrder", "start", "end", "calendar"];
const CATCHUPS = ["newest", "none", "all"] as const;

/** What a kind of schedule says of itself. */
export interface ScheduleKind {
  /** For messages: `cron schedule`. */
  readonly what: string;
  /** Options that only this kind has. */
  readonly own?: readonly string[];
  readonly next?: NextFunction;
  /** The kind names no times of day: ticks on days that do not count cannot be moved. */
  readonly unnamed?: boolean;
  readonly timing: (timeZone: string) => ScheduleTiming;
}

export function readSchedule<Given>(
  kind: ScheduleKind,
  options: ScheduleOptions<Given>,
  site: CallSite,
): Schedule<Given> {
  const { what } = kind;
  if (typeof options !== "object" || options === null) throw invalid(`options of a ${what}`, "an object", options);
  const known = [...KNOWN, ...(kind.own ?? [])];
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined) throw unknownOption(unknown, `a ${what}`, known);
  const timeZone = checkTimeZone(options.timeZone ?? "UTC", `time zone of a ${what}`);
  const [startMs, endMs] = readBounds(options, timeZone, what);
  return makeSchedule<Given>({
    name: options.name ?? null,
    timing: kind.timing(timeZone),
    timeZone,
    calendar: options.calendar === undefined ? null : readCalendar(options.calendar, kind),
    params: options.params === undefined ? null : encode(options.params, `the parameters of a ${what}`),
    catchup: readCatchup(options.catchup ?? "newest", what),
    catchupOrder: readOrder(options.catchupOrder ?? "oldest", what),
    startMs,
    endMs,
    site,
    next: kind.next ?? null,
  });
}

function readBounds(
  { start, end }: ScheduleOptions<unknown>,
  timeZone: string,
  what: string,
): readonly [number | null, number | null] {
  const startMs = start === undefined ? null : readInstant(start, timeZone, `\`start\` of a ${what}`);
  const endMs = end === undefined ? null : readInstant(end, timeZone, `\`end\` of a ${what}`);
  if (startMs !== null && endMs !== null && startMs >= endMs) {
    const message = `The \`start\` of a ${what} is ${shown(start)}, and its \`end\` ${shown(end)}`;
    throw new MillraceError("INVALID_OPTION", message, { hint: "It would never tick: the end comes after the start." });
  }
  return [startMs, endMs];
}

function shown(value: PointInTime | undefined): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function readCatchup(catchup: Catchup, what: string): CatchupPolicy {
  const name = CATCHUPS.find((each) => each === catchup);
  if (name !== undefined) return { kind: name };
  if (typeof catchup === "object" && catchup !== null) {
    const { last, within, ...others } = catchup as { readonly last?: number; readonly within?: Duration };
    if (Object.keys(others).length === 0 && (last === undefined) !== (within === undefined)) {
      if (within !== undefined) return { kind: "within", ms: readLimit(within, `\`catchup.within\` of a ${what}`) };
      return { kind: "last", count: readCount(last, `\`catchup.last\` of a ${what}`) };
    }
  }
  const value = typeof catchup === "object" ? JSON.stringify(catchup) : catchup;
  throw invalid(`\`catchup\` of a ${what}`, '"newest", "none", "all", { last: 3 } or { within: "7d" }', value);
}

function readOrder(order: unknown, what: string): "oldest" | "newest" {
  if (order === "oldest" || order === "newest") return order;
  throw invalid(`\`catchupOrder\` of a ${what}`, '"oldest" or "newest"', order);
}
