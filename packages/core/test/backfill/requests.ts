import type { BackfillId, BackfillRequest, BackfillRow, RunId, RunState, SliceRun, VersionId } from "@millrace/core";

export function request(changed: Partial<BackfillRequest> = {}): BackfillRequest {
  return {
    flow: "orders",
    schedule: null,
    selection: { kind: "keys_between", from: "2021-01-03", to: "2021-01-09" },
    reprocess: "none",
    order: "oldest",
    maxActiveRuns: 4,
    runPer: { kind: "partition" },
    limit: null,
    params: "{}" as BackfillRequest["params"],
    version: null,
    ...changed,
  };
}

let made = 0;

/** A run of one key. Each is made a second after the one before. */
export function runOf(key: string, state: RunState, changed: Partial<SliceRun> = {}): SliceRun {
  made += 1;
  const id = `run-${made}` as RunId;
  return {
    id,
    rootRun: id,
    state,
    window: { startMs: 0, endMs: 0 },
    slice: { kind: "key", key },
    scheduledAtMs: null,
    backfill: null,
    createdAtMs: made * 1_000,
    endedAtMs: null,
    ...changed,
  };
}

export function backfillRow(changed: Partial<BackfillRow> = {}): BackfillRow {
  return {
    id: "B1" as BackfillId,
    flow: "orders",
    actor: "ann",
    createdAtMs: 0,
    endedAtMs: null,
    state: "running",
    request: request(),
    version: "v" as VersionId,
    window: { startMs: 0, endMs: 0 },
    plan: { runs: 3, windows: 3, left: { exists: 0, "in flight": 0 }, pieces: [], chained: false },
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
