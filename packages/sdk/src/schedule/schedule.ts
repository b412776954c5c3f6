import type { CalendarSpec, CatchupPolicy, EncodedText, ScheduleTiming } from "@millrace/core";
import type { CallSite } from "../source/call-site.ts";

const SCHEDULE = Symbol.for("millrace.schedule");
declare const gives: unique symbol;

/** When runs of a flow are made, for the option `schedule` of a flow. `Given` is what it gives the flow as its parameters. */
export interface Schedule<Given = unknown> {
  readonly [SCHEDULE]: ScheduleDraft;
  readonly [gives]?: Given;
}

/** A schedule before its flow has given it a name. */
export interface ScheduleDraft {
  /** As its author named it, or null. */
  readonly name: string | null;
  readonly timing: ScheduleTiming;
  readonly timeZone: string;
  /** Read when the definition is: it may stand in a file, which workers need not have. */
  readonly calendar: (() => CalendarSpec) | null;
  readonly params: EncodedText | null;
  readonly catchup: CatchupPolicy;
  readonly catchupOrder: "oldest" | "newest";
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly site: CallSite;
  /** Of a custom schedule: the author's function. */
  readonly next: NextFunction | null;
}

/** An instant as authors give it back. */
export type InstantLike = Date | { readonly epochMilliseconds: number };

/** The first tick after an instant; nothing when there is none any more. */
export type NextFunction = (after: Date) => InstantLike | null | undefined | Promise<InstantLike | null | undefined>;

/** The function of a custom schedule, as whoever loads a bundle sees it. */
export interface ScheduleHandlers {
  /** Null: there is none any more. */
  nextTick(afterMs: number): Promise<number | null>;
}

export function makeSchedule<Given>(draft: ScheduleDraft): Schedule<Given> {
  return Object.freeze({ [SCHEDULE]: draft });
}

/** What a schedule was made of, by any copy of this package; undefined for any other value. */
export function scheduleDraftOf(value: unknown): ScheduleDraft | undefined {
  if (typeof value !== "object" || value === null || !(SCHEDULE in value)) return undefined;
  return (value as Schedule)[SCHEDULE];
}
