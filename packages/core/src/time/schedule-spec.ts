import type { SourcePlace } from "../spec/source-place.ts";
import type { EncodedText } from "../value/encoded.ts";

/**
 * A schedule of a flow as plain data, complete and checked. A schedule is named within its flow, and `(flow, name)` is
 * what its cursor and its ticks are kept under.
 */
export interface ScheduleSpec {
  /** Unique among the triggers and schedules of its flow. Defaults to `default` for the only one, else `schedule-2`, … */
  readonly name: string;
  readonly timing: ScheduleTiming;
  /** An IANA name: `Europe/Zurich`. */
  readonly timeZone: string;
  /** Days on which it may tick, in its time zone. Null: all. */
  readonly calendar: CalendarSpec | null;
  /** What its runs are given, before the flow's schema. Null: nothing. */
  readonly params: EncodedText | null;
  readonly catchup: CatchupPolicy;
  /** Which of the ticks that are owed is admitted first. */
  readonly catchupOrder: "oldest" | "newest";
  /** No tick is before this instant, and none at or after `endMs`. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly place: SourcePlace | null;
}

export type ScheduleTiming =
  /** Five fields, or six with seconds first; macros have been kept as they were written. */
  | { readonly kind: "cron"; readonly expression: string }
  /** `ms` is elapsed time; the others are steps of the calendar in the schedule's zone. */
  | {
      readonly kind: "every";
      readonly amount: number;
      readonly unit: "ms" | "day" | "week" | "month";
      /** A tick from which the others are counted, in both directions. */
      readonly anchorMs: number;
    }
  /** RFC 5545: lines `DTSTART`, `RRULE`, `RDATE`, `EXDATE`, or one rule alone. */
  | { readonly kind: "rrule"; readonly rule: string }
  /** The next run is made as soon as the one before has ended, after a pause. */
  | { readonly kind: "continuous"; readonly pauseMs: number }
  | { readonly kind: "once"; readonly atMs: number }
  /** A function of the author: asked through `Definitions.nextTick`. */
  | { readonly kind: "custom" };

/** Which days count. A day is left out when its weekday is not listed or it is excluded; `include` wins over both. */
export interface CalendarSpec {
  /** Weekdays that count, 1 for Monday to 7 for Sunday, as ISO 8601 numbers them. */
  readonly weekdays: readonly number[];
  /** Days of the schedule's zone, `2026-12-25`, in order. */
  readonly exclude: readonly string[];
  readonly include: readonly string[];
  /** What becomes of a tick on a day that does not count: it is dropped, or moves to the next or previous that does. */
  readonly roll: "skip" | "next" | "previous";
  /** Files that the days were read from when the project was built, relative to its folder. */
  readonly files?: readonly string[];
}

/** What is done about ticks that were missed: while nothing ran, or while the schedule was paused. */
export type CatchupPolicy =
  | { readonly kind: "newest" }
  | { readonly kind: "none" }
  | { readonly kind: "all" }
  | { readonly kind: "last"; readonly count: number }
  | { readonly kind: "within"; readonly ms: number };

/** What happens to a tick when the flow has as many runs of its schedules under way as it may. */
export type OverlapPolicy = "queue" | "skip" | "cancel_running";
