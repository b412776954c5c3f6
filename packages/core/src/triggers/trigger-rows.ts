import type { RunId } from "../ids.ts";
import type { ScheduleSpec } from "../time/schedule-spec.ts";
import type { EncodedText } from "../value/encoded.ts";
import type { TriggerSpec } from "./trigger-spec.ts";

export type TriggerKind = "schedule" | TriggerSpec["kind"];

/**
 * What the store remembers of one schedule or trigger of a flow; written whole (upsert by flow and name). One that no
 * active version has any more stays, retired: if it comes back, it begins anew from then.
 */
export interface TriggerRow {
  readonly flow: string;
  readonly name: string;
  readonly kind: TriggerKind;
  /** Of what the definition says about when: a changed one takes effect from now. */
  readonly fingerprint: string;
  /** Of a schedule: as it was last active, so that what it still owes can be admitted after it changed. Else null. */
  readonly schedule: ScheduleSpec | null;
  /** When this definition took effect. */
  readonly sinceMs: number;
  /**
   * Of a schedule: every tick up to and at this instant has been decided or is owed. Never goes back. Of a sensor: when
   * it was last polled.
   */
  readonly cursorMs: number | null;
  /** Of a schedule: ticks that are to be admitted yet. */
  readonly owed: readonly OwedTicks[];
  /** Of a sensor: what its last good poll handed over for the next. */
  readonly sensorCursor: EncodedText | null;
  /** Events that wait for more of them, the oldest first. */
  readonly gathered: readonly GatheredEvent[];
  /** Of a throttle: when it last made runs, the oldest first; no more than its limit. */
  readonly madeAtMs: readonly number[];
  readonly paused: { readonly atMs: number; readonly by: string; readonly reason: string | null } | null;
  /** Failed polls in a row; of a schedule that its failures pause, failed runs. */
  readonly failures: number;
  readonly retired: boolean;
}

/** Ticks of a schedule after `afterMs`, up to and at `untilMs`. */
export interface OwedTicks {
  readonly afterMs: number;
  readonly untilMs: number;
  readonly order: "oldest" | "newest";
  /** They came while the flow had as many runs as it may, and go ahead of those that were missed. */
  readonly live: boolean;
  /** The definition they are ticks of, where the schedule has another by now. */
  readonly schedule?: ScheduleSpec;
}

export interface GatheredEvent {
  /** What makes the event unique within its trigger. */
  readonly key: string;
  readonly atMs: number;
  readonly payload: EncodedText;
}

/** What became of one tick or event; unique by flow, trigger, instant and key, written once. */
export interface TickRow {
  readonly flow: string;
  readonly trigger: string;
  /** Of a schedule: the tick. Else: when the event came, or the poll began. */
  readonly atMs: number;
  /** Empty for ticks of schedules and for polls that gave nothing; else what makes the event unique. */
  readonly key: string;
  readonly outcome: TickOutcome;
  readonly run: RunId | null;
  /** For people: why it was skipped, linked or failed; one sentence. */
  readonly reason: string | null;
  /** Of a poll: the lines that the function logged, cut at 4 KiB. */
  readonly log: string | null;
  /** When it was decided. */
  readonly decidedAtMs: number;
}

/**
 * `run`: it made a run. `known`: the run was there, by its key. `linked`: a backfill covers it. `gathered`: it waits, or
 * went into the run of another event. `skipped` and `failed` made none. `polled`: a sensor had nothing to say.
 */
export type TickOutcome = "run" | "known" | "linked" | "gathered" | "skipped" | "failed" | "polled";
