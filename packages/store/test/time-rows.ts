import type { BackfillId, BackfillRow, EncodedText, TickRow, TriggerRow, VersionId } from "@millrace/core";
import { AT_MS, nextRunId } from "./rows.ts";

export const DAY_MS = 86_400_000;

export function triggerRow(changed: Partial<TriggerRow> = {}): TriggerRow {
  return {
    flow: "daily-orders",
    name: "schedule",
    kind: "schedule",
    fingerprint: "f1",
    schedule: null,
    sinceMs: AT_MS,
    cursorMs: null,
    owed: [],
    sensorCursor: null,
    gathered: [],
    madeAtMs: [],
    paused: null,
    failures: 0,
    retired: false,
    ...changed,
  };
}

export function tickRow(changed: Partial<TickRow> = {}): TickRow {
  return {
    flow: "daily-orders",
    trigger: "schedule",
    atMs: AT_MS,
    key: "",
    outcome: "run",
    run: null,
    reason: null,
    log: null,
    decidedAtMs: AT_MS + 3,
    ...changed,
  };
}

export function backfillRow(changed: Partial<BackfillRow> = {}): BackfillRow {
  const version = "a".repeat(64) as VersionId;
  return {
    id: nextRunId() as string as BackfillId,
    flow: "daily-orders",
    actor: "ann",
    createdAtMs: AT_MS,
    endedAtMs: null,
    state: "running",
    request: {
      flow: "daily-orders",
      schedule: null,
      selection: { kind: "keys_between", from: "2026-01-01", to: "2026-01-31" },
      reprocess: "failed",
      order: "oldest",
      maxActiveRuns: 4,
      runPer: { kind: "count", count: 2 },
      limit: null,
      params: "{}" as EncodedText,
      version: null,
    },
    version,
    window: { startMs: AT_MS, endMs: AT_MS + 31 * DAY_MS },
    plan: {
      runs: 16,
      windows: 31,
      left: { exists: 0, "in flight": 0 },
      pieces: [{ from: "2026-01-01", to: "2026-01-31", count: 31, size: 2 }],
      chained: false,
    },
    atOnce: null,
    made: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    retriedAtMs: null,
    reason: null,
    ...changed,
  };
}
