import type { BackfillRow } from "../backfill/backfill.ts";
import { formatDuration } from "../duration.ts";
import { PAUSED_BY_ITSELF } from "../schedules/pause-after-failures.ts";
import type { TriggerRow } from "../triggers/trigger-rows.ts";
import type { Alert, AlertFlow } from "./alert.ts";
import type { Finding } from "./judge-runs.ts";

/** A sensor that failed so often in a row does not fail by chance. */
const FAILING_POLLS = 3;
/** What ended longer ago was told, or nobody asks any more, in milliseconds. */
const RECENT_MS = 24 * 60 * 60 * 1_000;

/** A schedule that its own failures have paused. */
export function judgePaused(row: TriggerRow, flow: AlertFlow): Finding | undefined {
  const { paused, name } = row;
  if (paused === null || paused.by !== PAUSED_BY_ITSELF) return undefined;
  const text = `was paused, its schedule "${name}": ${paused.reason ?? "its runs failed"}`;
  const key = `paused ${row.flow} ${name} ${paused.atMs}`;
  return {
    key,
    alert: { ...flow, kind: "schedule.paused", atMs: paused.atMs, about: { kind: "trigger", name }, text },
  };
}

/** The key under which it is known that a sensor fails. */
export function sensorKey({ flow, name }: Pick<TriggerRow, "flow" | "name">): string {
  return `sensor ${flow} ${name}`;
}

/** Whether a row is of a sensor that fails again and again. */
export function isFailingSensor({ kind, failures, paused }: TriggerRow): boolean {
  return (kind === "sensor" || kind === "file") && failures >= FAILING_POLLS && paused === null;
}

/** @param reason why its last poll failed. */
export function sensorFinding(
  row: TriggerRow,
  flow: AlertFlow,
  { reason, nowMs }: { readonly reason: string | null; readonly nowMs: number },
): Finding {
  const { name, failures } = row;
  const why = reason === null ? "" : `: ${reason}`;
  const text = `has a sensor "${name}" that failed ${failures} times in a row${why}`;
  const about = { kind: "trigger", name } as const;
  return { key: sensorKey(row), alert: { ...flow, kind: "sensor.failing", atMs: nowMs, about, text } };
}

/** A tick of a schedule whose run cannot even be made, since others of the flow are under way. */
export function judgeOwed(
  row: TriggerRow,
  flow: AlertFlow,
  { startMs, nowMs }: { readonly startMs: number; readonly nowMs: number },
): Finding | undefined {
  const first = row.owed.find(({ live }) => live);
  if (first === undefined || row.paused !== null) return undefined;
  const dueMs = first.afterMs + 1;
  if (nowMs - dueMs <= startMs) return undefined;
  const allowed = formatDuration(startMs);
  const text = `has no run for a tick of its schedule "${row.name}" ${formatDuration(nowMs - dueMs)} after its time; ${allowed} are allowed`;
  const about = { kind: "trigger", name: row.name } as const;
  const alert: Alert = { ...flow, kind: "run.late", atMs: nowMs, about, text };
  return { key: `late tick ${row.flow} ${row.name} ${dueMs}`, alert };
}

/** A backfill that ended of late. */
export function judgeBackfill(row: BackfillRow, flow: AlertFlow, nowMs: number): Finding | undefined {
  const { id, state, endedAtMs, made, failed, cancelled } = row;
  if (endedAtMs === null || nowMs - endedAtMs > RECENT_MS) return undefined;
  const runs = made === 1 ? "1 run" : `${made} runs`;
  const bad = [failed > 0 ? [`${failed} failed`] : [], cancelled > 0 ? [`${cancelled} cancelled`] : []].flat();
  const how = state === "success" ? "succeeded" : state === "failed" ? "failed" : "was cancelled";
  const text = `has a backfill that ${how}: ${[runs, ...bad].join(", ")}`;
  const about = { kind: "backfill", id } as const;
  return {
    key: `backfill ${id} ${endedAtMs}`,
    alert: { ...flow, kind: "backfill.done", atMs: endedAtMs, about, text },
  };
}
