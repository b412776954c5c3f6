import type { RouteOutput } from "@millrace/contract";
import { notifyManager, type Query, type QueryClient } from "@tanstack/react-query";
import type { RunEvent, TaskRun } from "../api/shapes.ts";
import { patchFlowRuns } from "./patch-flow-runs.ts";
import { patchGrid } from "./patch-grid.ts";
import { patchRun, patchRuns } from "./patch-runs.ts";

/** What of an event's data the pages use. */
interface Told {
  readonly state?: string;
  readonly hook?: string;
  readonly resumeAtMs?: number;
  readonly approval?: string;
}

type ByRun = ReadonlyMap<string, readonly RunEvent[]>;

/**
 * Writes what events say into the answers that are kept, so that pages show it in the next frame. Only what the events
 * know: everything else comes with the answer that is asked for soon after. To be told of an event twice changes nothing.
 */
export function patchAnswers(client: QueryClient, events: readonly RunEvent[]): void {
  const batch = batchOf(events);
  // Pages that show several answers are drawn once for all of them.
  notifyManager.batch(() => {
    for (const query of client.getQueryCache().findAll()) patchOne(client, query, batch);
  });
}

/** Writes events into one answer. */
export function patchAnswer(client: QueryClient, query: Query, events: readonly RunEvent[]): void {
  patchOne(client, query, batchOf(events));
}

interface Batch {
  readonly events: readonly RunEvent[];
  readonly byRun: ByRun;
}

function batchOf(events: readonly RunEvent[]): Batch {
  return { events, byRun: Map.groupBy(events, ({ run }) => run) };
}

/** An answer that stays as it is wakes nobody. */
function patchOne(client: QueryClient, { queryKey, state: { data } }: Query, batch: Batch): void {
  const patch = PATCHES[String(queryKey[0])];
  if (patch === undefined || data === undefined) return;
  const next = patch(data as never, batch, queryKey[1] ?? {});
  if (next !== data) client.setQueryData(queryKey, next);
}

type Patch = (answer: never, batch: Batch, asked: { readonly params?: { readonly run?: string } }) => unknown;

/** How answers are brought up to date, by their routes. */
const PATCHES: Readonly<Record<string, Patch>> = {
  listRuns: (page: RouteOutput<"listRuns">, { events }, asked) => patchRuns(page, asked as object, events),
  listFlowRuns: (page: RouteOutput<"listFlowRuns">, { events }) => patchFlowRuns(page, events),
  getFlowGrid: (grid: RouteOutput<"getFlowGrid">, { byRun }, asked) => patchGrid(grid, asked as object, byRun),
  getRun: (run: RouteOutput<"getRun">, { byRun }) => (byRun.get(run.id) ?? []).reduce(patchRun, run),
  // Whole lists only: a part of one is of some states, and what comes into them is not known.
  listTaskRuns: (known: TaskRun[] | RouteOutput<"listTaskRuns">, { byRun }, { params }) =>
    Array.isArray(known) ? patchTaskRuns(known, byRun.get(params?.run ?? "") ?? []) : known,
};

function patchTaskRuns(known: TaskRun[], events: readonly RunEvent[]): TaskRun[] {
  const changed = Map.groupBy(
    events.filter(({ node, type, data }) => node !== null && TASK_STATES.has(type) && told(data).hook === undefined),
    ({ node, item }) => `${node} ${item}`,
  );
  if (changed.size === 0) return known;
  const rows = known.map((row) => {
    const place = `${row.node} ${row.item}`;
    const own = row.hook === "" ? changed.get(place) : undefined;
    if (own === undefined) return row;
    changed.delete(place);
    return own.reduce(patchTaskRun, row);
  });
  // What had not begun had no row.
  for (const own of changed.values()) if (own[0] !== undefined) rows.push(own.reduce(patchTaskRun, rowOf(own[0])));
  return rows;
}

const TASK_STATES = new Set<RunEvent["type"]>(["task.started", "task.retrying", "task.deferred", "task.finished"]);

/** What is known of a task run that begins. */
const BEGUN = {
  hook: "",
  state: "ready",
  tries: 1,
  crashes: 0,
  startedAt: null,
  endedAt: null,
  resumeAt: null,
  waitsFor: null,
  childRun: null,
  cached: false,
  marked: null,
  reusedFrom: null,
  itemCount: null,
  arm: null,
  error: null,
} as const;

function rowOf({ task, node, item, at }: RunEvent): TaskRun {
  return { ...BEGUN, task: task ?? "", node: node ?? 0, item, readyAt: at };
}

function patchTaskRun(row: TaskRun, { type, at, data }: RunEvent): TaskRun {
  if (row.endedAt !== null && at <= row.endedAt) return row;
  const { state, resumeAtMs, approval } = told(data);
  const resumeAt = resumeAtMs === undefined ? null : new Date(resumeAtMs).toISOString();
  if (type === "task.started") return { ...row, state: "running", startedAt: row.startedAt ?? at, waitsFor: null };
  if (type === "task.retrying") return { ...row, state: "retry_wait", resumeAt };
  if (type === "task.deferred") {
    return { ...row, state: approval === undefined ? "deferred" : "awaiting_input", resumeAt };
  }
  return { ...row, state: state as TaskRun["state"], endedAt: at };
}

function told(data: unknown): Told {
  return data === null ? {} : (data as Told);
}
