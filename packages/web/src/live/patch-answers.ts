import type { RouteOutput } from "@millrace/contract";
import type { QueryClient } from "@tanstack/react-query";
import type { Run, RunEvent, TaskRun } from "../api/shapes.ts";

/** What of an event's data the pages use. */
interface Told {
  readonly state?: string;
  readonly hook?: string;
  readonly resumeAtMs?: number;
  readonly approval?: string;
}

/**
 * Writes what events say into the answers that are kept, so that pages show it in the next frame. Only states and times:
 * everything else comes with the answer that is asked for soon after.
 */
export function patchAnswers(client: QueryClient, events: readonly RunEvent[]): void {
  const byRun = Map.groupBy(events, ({ run }) => run);
  client.setQueriesData<RouteOutput<"listRuns">>({ queryKey: ["listRuns"] }, (page) => page && patchPage(page, byRun));
  for (const [run, own] of byRun) {
    const one = { params: { run } };
    client.setQueryData<RouteOutput<"getRun">>(["getRun", one], (known) => known && patchRun(known, own));
    client.setQueryData<TaskRun[]>(["listTaskRuns", one], (known) => known && patchTaskRuns(known, own));
  }
}

function patchPage(
  page: RouteOutput<"listRuns">,
  byRun: ReadonlyMap<string, readonly RunEvent[]>,
): RouteOutput<"listRuns"> {
  if (!page.items.some(({ id }) => byRun.has(id))) return page;
  return { ...page, items: page.items.map((run) => patchRun(run, byRun.get(run.id) ?? [])) };
}

function patchRun<Known extends Run>(known: Known, events: readonly RunEvent[]): Known {
  let run = known;
  for (const { type, at, data } of events) {
    if (type === "run.started") run = { ...run, state: "running", startedAt: run.startedAt ?? at };
    if (type === "run.cancelling") run = { ...run, cancelRequested: true };
    if (type === "run.finished") run = { ...run, state: told(data).state as Run["state"], endedAt: at };
  }
  return run;
}

function patchTaskRuns(known: TaskRun[], events: readonly RunEvent[]): TaskRun[] {
  const changed = new Map<string, RunEvent[]>();
  for (const event of events) {
    if (event.task === null || told(event.data).hook !== undefined) continue;
    const own = changed.get(event.task);
    if (own === undefined) changed.set(event.task, [event]);
    else own.push(event);
  }
  if (changed.size === 0) return known;
  return known.map((row) => {
    const own = row.hook === "" ? changed.get(row.task) : undefined;
    return own === undefined ? row : own.reduce(patchTaskRun, row);
  });
}

function patchTaskRun(row: TaskRun, { type, at, data }: RunEvent): TaskRun {
  const { state, resumeAtMs, approval } = told(data);
  const resumeAt = resumeAtMs === undefined ? null : new Date(resumeAtMs).toISOString();
  if (type === "task.started") return { ...row, state: "running", startedAt: row.startedAt ?? at, waitsFor: null };
  if (type === "task.retrying") return { ...row, state: "retry_wait", resumeAt };
  if (type === "task.deferred") {
    return { ...row, state: approval === undefined ? "deferred" : "awaiting_input", resumeAt };
  }
  return type === "task.finished" ? { ...row, state: state as TaskRun["state"], endedAt: at } : row;
}

function told(data: unknown): Told {
  return data === null ? {} : (data as Told);
}
