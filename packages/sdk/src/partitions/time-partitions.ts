import {
  checkPartitions,
  type Duration,
  parseDuration,
  type TimePartitionStep,
  type TimePartitionsSpec,
} from "@millrace/core";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { invalid, unknownOption } from "../task/read-option.ts";

/** What partitions of time have in common. */
export interface TimePartitionOptions {
  /**
   * The first window starts at this time of the clock or after it: `"2026-01-01"`, `"2026-01-01T06:00"`, in the
   * partitions' time zone.
   */
  readonly start: string;
  /** No window ends after this time of the clock, written like `start`. Defaults to no end. */
  readonly end?: string;
  /** In which windows begin and keys are written; an IANA name such as `"Europe/Zurich"`. Defaults to `"UTC"`. */
  readonly timeZone?: string;
  /**
   * How many keys there are beyond those whose windows have ended: with 1, the window that is under way has its key
   * already; with -2, the newest two are kept back. Defaults to 0.
   */
  readonly endOffset?: number;
  /**
   * How keys are written: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, `xx` (the distance from UTC, `+0100`), text between single
   * quotes. Defaults to `"yyyy-MM-dd"`; of hours and crons to `"yyyy-MM-dd-HH:mm"`.
   */
  readonly format?: string;
}

export interface HourlyOptions extends TimePartitionOptions {
  /** How long after the full hour a window begins, below an hour. Defaults to 0. */
  readonly offset?: Duration;
}

export interface DailyOptions extends TimePartitionOptions {
  /** How long after midnight a window begins, in whole minutes, below a day: `"6h"`, `"3h15m"`. Defaults to 0. */
  readonly offset?: Duration;
}

export interface WeeklyOptions extends DailyOptions {
  /** The day on which a window begins. Defaults to `"monday"`. */
  readonly weekStart?: (typeof WEEKDAYS)[number];
}

export interface MonthlyOptions extends DailyOptions {
  /** The day of the month on which a window begins, 1 to 28. Defaults to 1. */
  readonly day?: number;
}

export interface CronPartitionOptions extends TimePartitionOptions {
  /** Windows are from tick to tick of this expression, of five fields or six. */
  readonly cron: string;
}

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * Partitions of an hour each. The hour that is repeated in autumn has two keys: the second carries the distance from UTC
 * (`2026-10-25-02:00+0100`).
 *
 * @example
 * flow("clicks", { partitions: hourly({ start: "2026-01-01" }) }, () => { … })
 */
export function hourly(options: HourlyOptions): TimePartitionsSpec {
  const site = new CallSite(hourly);
  return withPlace(site, () => {
    const { minutes } = readOffset(options.offset, { what: "hourly partitions", belowMs: HOUR_MS });
    return complete(options, "hourly partitions", { kind: "hourly", minuteOffset: minutes }, ["offset"]);
  });
}

/** Partitions of a day each, `2026-03-01`. */
export function daily(options: DailyOptions): TimePartitionsSpec {
  const site = new CallSite(daily);
  return withPlace(site, () => {
    const { hours, minutes } = readOffset(options.offset, { what: "daily partitions", belowMs: 24 * HOUR_MS });
    const step = { kind: "daily", hourOffset: hours, minuteOffset: minutes } as const;
    return complete(options, "daily partitions", step, ["offset"]);
  });
}

/** Partitions of a week each. A key is the day on which its week begins. */
export function weekly(options: WeeklyOptions): TimePartitionsSpec {
  const site = new CallSite(weekly);
  return withPlace(site, () => {
    const { hours, minutes } = readOffset(options.offset, { what: "weekly partitions", belowMs: 24 * HOUR_MS });
    const weekStart = WEEKDAYS.indexOf(options.weekStart ?? "monday") + 1;
    if (weekStart === 0) throw invalid("weekStart of weekly partitions", WEEKDAYS.join(", "), options.weekStart);
    const step = { kind: "weekly", weekStart, hourOffset: hours, minuteOffset: minutes } as const;
    return complete(options, "weekly partitions", step, ["offset", "weekStart"]);
  });
}

/** Partitions of a month each. A key is the day on which its month begins, `2026-03-01`. */
export function monthly(options: MonthlyOptions): TimePartitionsSpec {
  const site = new CallSite(monthly);
  return withPlace(site, () => {
    const { hours, minutes } = readOffset(options.offset, { what: "monthly partitions", belowMs: 24 * HOUR_MS });
    const step = { kind: "monthly", day: options.day ?? 1, hourOffset: hours, minuteOffset: minutes } as const;
    return complete(options, "monthly partitions", step, ["offset", "day"]);
  });
}

/** Partitions from tick to tick of a cron expression. */
export function cronPartitions(options: CronPartitionOptions): TimePartitionsSpec {
  const site = new CallSite(cronPartitions);
  return withPlace(site, () =>
    complete(options, "cron partitions", { kind: "cron", expression: options.cron }, ["cron"]),
  );
}

const SHARED = ["start", "end", "timeZone", "endOffset", "format"];

function complete(
  options: TimePartitionOptions,
  what: string,
  ...[every, own]: [step: TimePartitionStep, own: readonly string[]]
): TimePartitionsSpec {
  const known = [...SHARED, ...own];
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined) throw unknownOption(unknown, what, known);
  const spec: TimePartitionsSpec = Object.freeze({
    kind: "time",
    every: Object.freeze(every),
    timeZone: options.timeZone ?? "UTC",
    start: options.start,
    end: options.end ?? null,
    endOffset: options.endOffset ?? 0,
    format: options.format ?? null,
  });
  checkPartitions(spec, what);
  return spec;
}

function readOffset(
  offset: Duration | undefined,
  { what, belowMs }: { readonly what: string; readonly belowMs: number },
): { readonly hours: number; readonly minutes: number } {
  const ms = parseDuration(offset ?? 0, `offset of ${what}`);
  if (ms >= belowMs || ms % MINUTE_MS !== 0) {
    throw invalid(`offset of ${what}`, `whole minutes, below ${belowMs / HOUR_MS === 1 ? "an hour" : "a day"}`, offset);
  }
  return { hours: Math.floor(ms / HOUR_MS), minutes: (ms % HOUR_MS) / MINUTE_MS };
}
