import { formatDuration } from "../duration.ts";
import type { DeadlinePolicy } from "../spec/policies.ts";
import type { RunState } from "../states/run.ts";
import type { Alert, AlertFlow } from "./alert.ts";
import type { AlertState } from "./alert-state.ts";

/** Something that holds. It is told once, and again when it has not held in between. */
export interface Finding {
  readonly key: string;
  readonly alert: Alert;
}

/** A run, as far as alerts look at it. */
export interface WatchedRun {
  readonly id: string;
  readonly flow: AlertFlow;
  readonly state: RunState;
  /** A backfill tells of its runs itself. */
  readonly ofBackfill: boolean;
  /** From when its deadline counts: the tick it was made for, else when it was made. */
  readonly dueAtMs: number;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
}

export interface JudgedRun {
  readonly failing: AlertState["failing"];
  readonly alert: Alert | null;
}

/** What the end of a run means for its flow. @param reason why it failed, in a few words. */
export function judgeEnded(failing: AlertState["failing"], run: WatchedRun, reason: string | null): JudgedRun {
  const atMs = run.endedAtMs ?? run.createdAtMs;
  const { [run.flow.flow]: before, ...others } = failing;
  if (run.ofBackfill || run.state === "cancelled") return { failing, alert: null };
  if (run.state === "failed") {
    const runs = (before?.runs ?? 0) + 1;
    const inARow = runs === 1 ? "failed" : `failed, the ${ordinal(runs)} run in a row`;
    const after = { ...before, sinceMs: before?.sinceMs ?? atMs, runs };
    const text = reason === null ? inARow : `${inARow}: ${reason}`;
    return { failing: { ...failing, [run.flow.flow]: after }, alert: alertOf("run.failed", run, { atMs, text }) };
  }
  if (before === undefined) return { failing, alert: null };
  const failed = before.runs === 1 ? "1 failed run" : `${before.runs} failed runs`;
  const text = `recovered after ${failed}, ${formatDuration(atMs - before.sinceMs)} after the first`;
  return { failing: others, alert: alertOf("run.recovered", run, { atMs, text }) };
}

/** In which ways a run is late, or was. */
export function judgeLate(run: WatchedRun, { startMs, endMs }: DeadlinePolicy, nowMs: number): readonly Finding[] {
  if (run.ofBackfill) return [];
  const found: Finding[] = [];
  const startedMs = (run.startedAtMs ?? run.endedAtMs ?? nowMs) - run.dueAtMs;
  if (startMs !== null && startedMs > startMs) {
    const what = run.startedAtMs === null ? "has not started" : "started";
    const text = `${what} ${formatDuration(startedMs)} after its time; ${formatDuration(startMs)} are allowed`;
    found.push({ key: `late start ${run.id}`, alert: alertOf("run.late", run, { atMs: nowMs, text }) });
  }
  const endedMs = (run.endedAtMs ?? nowMs) - run.dueAtMs;
  if (endMs !== null && endedMs > endMs) {
    const what = run.endedAtMs === null ? "has not ended" : "ended";
    const text = `${what} ${formatDuration(endedMs)} after its time; ${formatDuration(endMs)} are allowed`;
    found.push({ key: `late end ${run.id}`, alert: alertOf("run.late", run, { atMs: nowMs, text }) });
  }
  return found;
}

/** Fewer runs than this say nothing of how long one takes. */
const LEAST_HISTORY = 5;
/** A run that takes so many times as long as any of those before it is stuck. */
const STUCK_FACTOR = 3;
/** Below this, twice or ten times as long means nothing, in milliseconds. */
const LEAST_STUCK_MS = 10 * 60 * 1_000;

/** Whether a run waits or goes on far longer than runs of its flow do. @param durations of its last good runs. */
export function judgeStuck(run: WatchedRun, durations: readonly number[], nowMs: number): Finding | undefined {
  if (run.ofBackfill || durations.length < LEAST_HISTORY) return undefined;
  const longestMs = Math.max(...durations);
  const ms = nowMs - (run.startedAtMs ?? run.createdAtMs);
  if (ms <= Math.max(LEAST_STUCK_MS, STUCK_FACTOR * longestMs)) return undefined;
  const what = run.startedAtMs === null ? "has waited to start" : "has been running";
  const text = `${what} for ${formatDuration(ms)}; of its last ${durations.length} good runs none took more than ${formatDuration(longestMs)}`;
  return { key: `stuck ${run.id}`, alert: alertOf("run.stuck", run, { atMs: nowMs, text }) };
}

function alertOf(kind: Alert["kind"], { id, flow }: WatchedRun, what: Pick<Alert, "atMs" | "text">): Alert {
  return { ...flow, kind, about: { kind: "run", id }, ...what };
}

function ordinal(count: number): string {
  const ending = ["th", "st", "nd", "rd"][count % 10] ?? "th";
  const isTeen = count % 100 >= 11 && count % 100 <= 13;
  return `${count}${isTeen ? "th" : ending}`;
}
