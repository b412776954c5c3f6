import type { ScheduleSpec } from "../time/schedule-spec.ts";
import type { TriggerKind, TriggerRow } from "../triggers/trigger-rows.ts";
import type { TriggerSpec } from "../triggers/trigger-spec.ts";

/** What a definition says about when. Another text is another schedule, which takes effect from now. */
export function scheduleFingerprint({ timing, timeZone, calendar, startMs, endMs }: ScheduleSpec): string {
  return JSON.stringify([timing, timeZone, calendar, startMs, endMs]);
}

/**
 * What must stay for a trigger to be the same one, with its cursor and the events that it has gathered. Another interval
 * or another way of gathering does not make it another.
 */
export function triggerFingerprint(spec: TriggerSpec): string {
  return JSON.stringify(spec.kind === "flow_finished" ? [spec.kind, spec.flow] : [spec.kind]);
}

/** Names a schedule or trigger, and says what it is. */
export interface Followed {
  readonly flow: string;
  readonly name: string;
  readonly kind: TriggerKind;
  readonly fingerprint: string;
  readonly schedule: ScheduleSpec | null;
}

/**
 * One that begins anew: at first, after it was gone, or because it is another now. A person's word that it is paused
 * outlives that, and the cursor never goes back, whatever the clock was set to.
 */
export function begunAnew(followed: Followed, nowMs: number, former: TriggerRow | undefined): TriggerRow {
  return {
    ...followed,
    sinceMs: nowMs,
    cursorMs: followed.kind === "schedule" ? Math.max(nowMs, former?.cursorMs ?? nowMs) : null,
    owed: [],
    sensorCursor: null,
    gathered: [],
    madeAtMs: [],
    paused: former?.paused ?? null,
    failures: 0,
    retired: false,
  };
}
