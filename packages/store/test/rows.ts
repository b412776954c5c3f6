import type {
  AttemptId,
  AttemptRow,
  Changes,
  CommandId,
  EncodedText,
  Epoch,
  EventRow,
  ItemPath,
  RunId,
  RunRow,
  StoredCommand,
  TaskRunRow,
  VersionId,
} from "@millrace/core";
import { BLANK_TASK_RUN, makeRunId, ROOT_ITEM } from "@millrace/core";

export const AT_MS = 1_767_225_600_000;

let made = 0;

/** Ids in the order in which they are asked for, as runs made one after the other have. */
export function nextRunId(): RunId {
  made += 1;
  return makeRunId(AT_MS + made, Math.random);
}

export function runRow(changed: Partial<RunRow> = {}): RunRow {
  const id = changed.id ?? nextRunId();
  return {
    id,
    flow: "daily-orders",
    version: "a".repeat(64) as VersionId,
    state: "running",
    params: '{"region":"eu"}' as EncodedText,
    window: { startMs: AT_MS, endMs: AT_MS + 86_400_000 },
    scheduledAtMs: null,
    slice: null,
    backfill: null,
    trigger: { kind: "manual", actor: "cli" },
    selection: null,
    idempotencyKey: null,
    concurrencyKey: null,
    taskKeys: null,
    class: "live",
    rerunOf: null,
    rootRun: id,
    createdAtMs: AT_MS,
    startedAtMs: null,
    endedAtMs: null,
    error: null,
    settled: false,
    cancelRequested: false,
    ...changed,
  };
}

export function taskRunRow(run: RunId, changed: Partial<TaskRunRow> = {}): TaskRunRow {
  return {
    ...BLANK_TASK_RUN,
    run,
    node: 0,
    item: ROOT_ITEM,
    state: "running",
    tries: 1,
    readyAtMs: AT_MS,
    startedAtMs: AT_MS,
    ...changed,
  };
}

export function attemptRow(run: RunId, id: number, changed: Partial<AttemptRow> = {}): AttemptRow {
  return {
    id: id as AttemptId,
    run,
    node: 0,
    item: ROOT_ITEM,
    hook: "",
    number: 1,
    state: "running",
    epoch: 1 as Epoch,
    startedAtMs: AT_MS,
    endedAtMs: null,
    error: null,
    place: null,
    ...changed,
  };
}

export function eventRow(run: RunId, changed: Partial<EventRow> = {}): EventRow {
  return { run, atMs: AT_MS, type: "task.started", node: 0, item: ROOT_ITEM, attempt: null, data: null, ...changed };
}

export function command(id: string, run: RunId = nextRunId()): StoredCommand {
  return { id: id as CommandId, actor: "cli", createdAtMs: AT_MS, command: { kind: "cancel_run", run } };
}

export function changes(changed: Partial<Changes>): Changes {
  return {
    runs: [],
    taskRuns: [],
    attempts: [],
    outputs: [],
    events: [],
    reports: [],
    cacheEntries: [],
    pools: [],
    rates: [],
    answers: [],
    triggers: [],
    ticks: [],
    backfills: [],
    partitionKeys: [],
    ...changed,
  };
}

export function item(path: string): ItemPath {
  return path as ItemPath;
}
