import type { EventData, EventError, EventRow, FinalTaskRunState, RunState } from "@millrace/core";

/** Where an event happened: a node of the flow's spec, and the item path within maps. */
export interface Spot {
  readonly node: number;
  readonly item: string;
}

/**
 * An event of a run with its data parsed: what the reducer and the writers of lines and records take. Fields that the
 * store leaves out have their values again.
 */
export type RunEvent = { readonly run: string; readonly atMs: number } & (
  | { readonly kind: "run.queued" | "run.started" | "run.cancelling" }
  | { readonly kind: "run.finished"; readonly state: RunState; readonly error: EventError | null }
  | (Spot & TaskEvent)
);

type TaskEvent =
  | {
      readonly kind: "task.started";
      /** Null for maps and branches. */
      readonly attempt: number | null;
      /** The try, from 1. */
      readonly number: number;
      /** It goes on after a wait. */
      readonly resumed: boolean;
    }
  | {
      readonly kind: "task.retrying";
      readonly number: number;
      readonly resumeAtMs: number | null;
      readonly error: EventError | null;
    }
  | {
      readonly kind: "task.deferred";
      readonly resumeAtMs: number | null;
      readonly childRun: string | null;
      /** What a person is asked to decide. */
      readonly approval: string | null;
    }
  | { readonly kind: "task.resumed" }
  | DataReported
  | { readonly kind: "task.expanded"; readonly items: number }
  | TaskFinished
  | {
      readonly kind: "hook.finished";
      readonly hook: string;
      readonly state: FinalTaskRunState;
      readonly ms: number;
      readonly error: EventError | null;
    }
  /** What happens to a hook before its end: its log tells it. */
  | { readonly kind: "hook.working" };

interface DataReported {
  readonly kind: "data.reported";
  readonly report: "materialization" | "check" | "custom";
  readonly asset: string | null;
  readonly check: string | null;
  /** Null where nothing was checked. */
  readonly passed: boolean | null;
  /** Null where nothing was checked, or it passed. */
  readonly severity: "warn" | "error" | null;
}

interface TaskFinished {
  readonly kind: "task.finished";
  readonly state: FinalTaskRunState;
  /** From its first start. */
  readonly ms: number;
  readonly attempts: number;
  readonly cached: boolean;
  readonly reusedFrom: string | null;
  /** Somebody said that it counts so. */
  readonly marked: boolean;
  readonly arm: string | null;
  readonly error: EventError | null;
}

/** Parses the data of an event. */
export function parseRunEvent(row: EventRow): RunEvent {
  const base = { run: row.run, atMs: row.atMs };
  const spot = { ...base, node: row.node, item: row.item };
  const data: unknown = JSON.parse(row.data ?? "{}");
  switch (row.type) {
    case "run.queued":
    case "run.started":
    case "run.cancelling":
      return { ...base, kind: row.type };
    case "run.finished": {
      const { state, error } = data as EventData["run.finished"];
      return { ...base, kind: row.type, state, error: error ?? null };
    }
    case "task.started":
    case "task.retrying":
    case "task.deferred":
      return (data as { hook?: string }).hook === undefined
        ? { ...spot, ...parseProgress(row, row.type, data) }
        : { ...spot, kind: "hook.working" };
    case "task.resumed":
      return { ...spot, kind: row.type };
    case "data.reported": {
      const {
        kind: report,
        asset = null,
        check = null,
        passed = null,
        severity = null,
      } = data as EventData["data.reported"];
      return { ...spot, kind: row.type, report, asset, check, passed, severity };
    }
    case "task.expanded":
      return { ...spot, kind: row.type, ...(data as EventData["task.expanded"]) };
    case "task.finished":
      return { ...spot, kind: row.type, ...NOTHING_SPECIAL, ...(data as EventData["task.finished"]) };
    case "hook.finished":
      return { ...spot, kind: row.type, ms: 0, error: null, ...(data as EventData["hook.finished"]) };
  }
}

function parseProgress(
  row: EventRow,
  type: "task.started" | "task.retrying" | "task.deferred",
  data: unknown,
): TaskEvent {
  switch (type) {
    case "task.started": {
      const started = data as EventData["task.started"];
      return { kind: type, attempt: row.attempt, number: started.try ?? 1, resumed: started.resumed ?? false };
    }
    case "task.retrying": {
      const { try: number, resumeAtMs, error } = data as EventData["task.retrying"];
      return { kind: type, number: number ?? 1, resumeAtMs: resumeAtMs ?? null, error: error ?? null };
    }
    case "task.deferred": {
      const { resumeAtMs, childRun, approval } = data as EventData["task.deferred"];
      return { kind: type, resumeAtMs: resumeAtMs ?? null, childRun: childRun ?? null, approval: approval ?? null };
    }
  }
}

const NOTHING_SPECIAL = { ms: 0, attempts: 1, cached: false, reusedFrom: null, marked: false, arm: null, error: null };
