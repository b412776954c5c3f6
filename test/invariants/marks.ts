import { compileFlow, type RunMark, type RunRow, taskRunLabel } from "@millrace/core";
import { type AuditedRun, placeOf } from "./task-runs.ts";

/** What was said of tasks stands in the run that this made, untried, and whatever waits for them was decided anew. */
export function auditMark({ run, spec, taskRuns, attempts, events }: AuditedRun): string[] {
  const mark = markOf(run);
  if (mark === undefined) return [];
  const wrong: string[] = [];
  const own = new Map(
    taskRuns
      .filter(({ hook }) => hook === "")
      .map((row) => [taskRunLabel(spec.nodes[row.node]?.id ?? "", row.item), row]),
  );
  const tried = new Set(attempts.filter(({ hook }) => hook === "").map(placeOf));
  for (const label of mark.tasks) {
    const row = own.get(label);
    if (row?.state !== mark.as) wrong.push(`${label} was marked as ${mark.as} and is ${row?.state ?? "not there"}`);
    if (row === undefined) continue;
    if (row.reusedFrom !== null) wrong.push(`${label} was marked and was taken over`);
    if (tried.has(placeOf(row))) wrong.push(`${label} was marked and was tried`);
    const told = events.filter(
      ({ type, node, item }) => type === "task.finished" && node === row.node && item === row.item,
    );
    if (told.length !== 1) wrong.push(`${label} was marked, and its end was told ${told.length} times`);
  }
  const marked = new Set(mark.tasks);
  for (const node of waitingFor(spec, (id) => marked.has(id))) {
    const row = own.get(spec.nodes[node]?.id ?? "");
    const isAnew = row === undefined || row.reusedFrom === null;
    if (!isAnew) wrong.push(`${spec.nodes[node]?.id} waits for what was marked and was taken over`);
  }
  return wrong;
}

/** Undefined for a run that no mark made. */
export function markOf({ trigger }: RunRow): RunMark | undefined {
  return trigger.kind === "rerun" ? trigger.mark : undefined;
}

/** Nodes at the top that wait for one of those that are named, at once or through others. */
function waitingFor(spec: AuditedRun["spec"], isNamed: (id: string) => boolean): ReadonlySet<number> {
  const compiled = compileFlow(spec);
  const [top] = compiled.ok ? compiled.flow.scopes : [];
  const found = new Set<number>();
  // A node stands before those that wait for it.
  for (const [local, node] of (top?.nodes ?? []).entries()) {
    for (const upstream of top?.upstream[local] ?? []) {
      const before = top?.nodes[upstream] as number;
      if (found.has(before) || isNamed(spec.nodes[before]?.id ?? "")) found.add(node);
    }
  }
  return found;
}
