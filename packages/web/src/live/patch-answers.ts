import type { RouteOutput } from "@millrace/contract";
import type { QueryClient } from "@tanstack/react-query";
import type { Run, RunEvent, TaskRun } from "../api/shapes.ts";
import { patchFlowRuns } from "./patch-flow-runs.ts";
import { patchGrid } from "./patch-grid.ts";

/** What of an event's data the pages use. */
interface Told {
  readonly state?: string;
  readonly hook?: string;
  readonly resumeAtMs?: number;
  readonly approval?: string;
}

type ByRun = ReadonlyMap<string, readonly RunEvent[]>;

/**
 * Writes what events say into the answers that are kept, so that pages show it in the next frame. Only states and times:
 * everything else comes with the answer that is asked for soon after. To be told of an event twice changes nothing.
 */
export function patchAnswers(client: QueryClient, events: readonly RunEvent[]): void {
  const byRun: ByRun = Map.groupBy(events, ({ run }) => run);
  patchAll<RouteOutput<"listRuns">>(client, "listRuns", (page) => patchPage(page, byRun));
  patchAll<RouteOutput<"listFlowRuns">>(client, "listFlowRuns", (page) => patchFlowRuns(page, events));
  patchAll<RouteOutput<"getFlowGrid">>(client, "getFlowGrid", (grid) => patchGrid(grid, byRun));
  patchAll<Run>(client, "getRun", (run) => patchRun(run, byRun.get(run.id) ?? []));
  for (const [run, own] of byRun) {
    const key = ["listTaskRuns", { params: { run } }];
    const known = client.getQueryData<TaskRun[]>(key);
    const next = known && patchTaskRuns(known, own);
    if (next !== known) client.setQueryData(key, next);
  }
}

/** Those that stay as they are wake nobody. */
function patchAll<Answer>(client: QueryClient, name: string, patch: (answer: Answer) => Answer): void {
  for (const [key, known] of client.getQueriesData<Answer>({ queryKey: [name] })) {
    if (known === undefined) continue;
    const next = patch(known);
    if (next !== known) client.setQueryData(key, next);
  }
}

function patchPage(page: RouteOutput<"listRuns">, byRun: ByRun): RouteOutput<"listRuns"> {
  if (!page.items.some(({ id }) => byRun.has(id))) return page;
  return { ...page, items: page.items.map((run) => patchRun(run, byRun.get(run.id) ?? [])) };
}

function patchRun<Known extends Run>(known: Known, events: readonly RunEvent[]): Known {
  let run = known;
  for (const { type, at, data } of events) {
    // What was told before the answer was read is in it already.
    if (run.endedAt !== null && at <= run.endedAt) continue;
    if (type === "run.started") run = { ...run, state: "running", startedAt: run.startedAt ?? at };
    if (type === "run.cancelling") run = { ...run, cancelRequested: true };
    if (type === "run.finished") run = { ...run, state: told(data).state as Run["state"], endedAt: at };
  }
  return run;
}

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
