import {
  type AttemptRow,
  type EventRow,
  type FlowSpec,
  isFinalAttemptState,
  isFinalTaskRunState,
  type ReportRow,
  type RunRow,
  type TaskRunRow,
  taskRunLabel,
} from "@millrace/core";

/** What is no fault of a task, and is tried again without it. */
const STORE_FAILURES = new Set(["STORE_FAILED", "DATABASE_LOCKED", "DISK_FULL", "LEADERSHIP_LOST"]);

/** Everything that the store has of a run. */
export interface AuditedRun {
  readonly run: RunRow;
  readonly spec: FlowSpec;
  readonly taskRuns: readonly TaskRunRow[];
  readonly attempts: readonly AttemptRow[];
  readonly events: readonly (EventRow & { readonly seq: number })[];
  readonly reports: readonly ReportRow[];
}

export function placeOf({ node, item, hook }: Pick<TaskRunRow, "node" | "item" | "hook">): string {
  return `${node}/${item}/${hook}`;
}

/** Every task run that must be there is there and has ended, as its attempts say; and there is no other. */
export function auditTaskRuns(audited: AuditedRun): string[] {
  const attempts = new Map<string, AttemptRow[]>();
  for (const attempt of audited.attempts) {
    const place = placeOf(attempt);
    attempts.set(place, [...(attempts.get(place) ?? []), attempt]);
  }
  const rows = new Set(audited.taskRuns.map(placeOf));
  const strangers = [...attempts.keys()].filter((place) => !rows.has(place));
  return [
    ...auditCompleteness(audited),
    ...auditHooks(audited),
    ...strangers.map((place) => `${place} was tried and has no row`),
    ...audited.taskRuns.flatMap((row) => auditAttempts(row, attempts.get(placeOf(row)) ?? [], audited)),
  ];
}

function auditCompleteness({ run, spec, taskRuns }: AuditedRun): string[] {
  const rows = new Map(taskRuns.filter(({ hook }) => hook === "").map((row) => [`${row.node}/${row.item}`, row]));
  const expected = new Set<string>();
  const expand = (map: number | null, item: string): void => {
    for (const [node, { map: around, kind }] of spec.nodes.entries()) {
      if (around !== map) continue;
      const key = `${node}/${item}`;
      expected.add(key);
      // A map that was taken over has its value; one that had failed, its items too.
      const count = kind === "map" ? (rows.get(key)?.itemCount ?? 0) : 0;
      for (let one = 0; one < count; one += 1) expand(node, item === "" ? `${one}` : `${item}.${one}`);
    }
  };
  expand(null, "");
  const wrong = taskRuns
    .filter(({ state }) => !isFinalTaskRunState(state))
    .map((row) => `${placeOf(row)} is ${row.state}`);
  for (const key of rows.keys()) if (!expected.has(key)) wrong.push(`${key} should not be there`);
  // What had not begun when a run was stopped has no row; nor has what was not selected.
  if (run.cancelRequested || run.selection !== null || run.rerunOf !== null) return wrong;
  for (const key of expected) if (!rows.has(key)) wrong.push(`${key} is lost`);
  return wrong;
}

/** Every hook that watches how a task or the run ended has been called. */
function auditHooks({ run, spec, taskRuns }: AuditedRun): string[] {
  const rows = new Set(taskRuns.map(placeOf));
  const wrong: string[] = [];
  const expect = (place: string, state: string, hooks: readonly string[]): void => {
    const on = state === "failed" ? "failure" : state;
    if ((on !== "success" && on !== "failure") || !hooks.includes(on)) return;
    if (!rows.has(`${place}/${on}`)) wrong.push(`the hook of ${place} on ${on} was never called`);
  };
  expect("-1/", run.state, spec.hooks);
  for (const row of taskRuns) {
    const { node, item, hook, state, reusedFrom } = row;
    const task = spec.nodes[node];
    // Whoever marks a task has seen it end himself.
    if (hook !== "" || reusedFrom !== null || isMarked({ run, spec }, row)) continue;
    if (task?.kind === "task") expect(`${node}/${item}`, state, task.hooks);
  }
  return wrong;
}

/** Somebody said that it counts so. */
export function isMarked({ run, spec }: Pick<AuditedRun, "run" | "spec">, { node, item }: TaskRunRow): boolean {
  const marked = run.trigger.kind === "rerun" ? run.trigger.mark?.tasks : undefined;
  return marked?.includes(taskRunLabel(spec.nodes[node]?.id ?? "", item)) === true;
}

function auditAttempts(row: TaskRunRow, attempts: readonly AttemptRow[], { run, spec }: AuditedRun): string[] {
  const place = placeOf(row);
  const wrong: string[] = [];
  for (const [index, { id, number, state, endedAtMs }] of attempts.entries()) {
    if (number !== index + 1) wrong.push(`attempt ${id} of ${place} is number ${number}, after ${index} others`);
    if (!isFinalAttemptState(state) || endedAtMs === null)
      wrong.push(`attempt ${id} of ${place} is ${state}, with no end`);
  }
  const successes = attempts.filter(({ state }) => state === "success").length;
  const isTask = row.hook !== "" || spec.nodes[row.node]?.kind === "task";
  const worked =
    isTask && row.state === "success" && !row.cached && row.reusedFrom === null && !isMarked({ run, spec }, row);
  if (successes !== (worked ? 1 : 0)) wrong.push(`${place} is ${row.state}, with ${successes} attempts that succeeded`);
  if (worked && attempts.at(-1)?.state !== "success") wrong.push(`${place} was tried again after its success`);
  if (!isTask && attempts.length > 0) wrong.push(`${place} is no task, and was tried`);
  if (row.error !== null && STORE_FAILURES.has(row.error.code ?? "")) {
    wrong.push(`${place} failed because of the store: ${row.error.message}`);
  }
  const task = row.hook === "" ? spec.nodes[row.node] : undefined;
  const failures = attempts.filter(({ state }) => state === "failed" || state === "timed_out").length;
  if (task?.kind === "task" && failures > task.policies.retries.limit + 1) {
    wrong.push(`${place} failed ${failures} times, and has ${task.policies.retries.limit} retries`);
  }
  const yields = attempts.filter(({ state }) => state === "yielded").length;
  if (row.resumes > yields) wrong.push(`${place} was resumed ${row.resumes} times after ${yields} waits`);
  return wrong;
}
