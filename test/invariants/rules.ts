import {
  CANCELLED,
  compileFlow,
  decideTrigger,
  FAILED,
  type FinalCode,
  type FlowSpec,
  type Frame,
  type ItemPath,
  ROOT_ITEM,
  RunProgress,
  SKIPPED,
  SUCCESS,
  type TaskRunRow,
  UPSTREAM_FAILED,
} from "@millrace/core";
import type { AuditedRun } from "./task-runs.ts";

const SILENT = { ready: () => {}, decided: () => {}, complete: () => {}, finished: () => {} };

/** What ran had to run, and what did not run had not to, by the trigger rules and how the upstreams ended. */
export function auditRules({ run, spec, taskRuns }: AuditedRun): string[] {
  // Of a run that was stopped or is a part, not everything is there.
  if (run.cancelRequested || run.selection !== null || run.rerunOf !== null) return [];
  const compiled = compileFlow(spec);
  if (!compiled.ok) return ["its graph does not hold together"];
  const progress = new RunProgress(compiled.flow, SILENT);
  const own = taskRuns.filter(({ hook, node }) => hook === "" && node >= 0);
  const rows = [...own].sort((a, b) => depthOf(a.item) - depthOf(b.item) || a.node - b.node);
  const placed = rows.flatMap((row) => place(progress, spec, row));
  const byPlace = new Map(rows.map((row) => [`${row.node}/${row.item}`, row]));
  return placed.flatMap(({ row, frame, slot }) => {
    const node = spec.nodes[row.node];
    const branch = node?.arm === null ? undefined : byPlace.get(`${node?.arm?.branch}/${row.item}`);
    if (branch !== undefined && branch.arm !== node?.arm?.name) return auditUntaken(row);
    const decision = decideTrigger(node?.triggerRule ?? "all_success", progress.counts(frame, slot));
    return auditDecision(row, decision);
  });
}

interface Placed {
  readonly row: TaskRunRow;
  readonly frame: Frame;
  readonly slot: number;
}

/** Puts a row where it belongs in the run's progress; nothing for a row whose map never expanded. */
function place(progress: RunProgress, spec: FlowSpec, row: TaskRunRow): readonly Placed[] {
  const maps: number[] = [];
  for (let at = spec.nodes[row.node]?.map ?? null; at !== null; at = spec.nodes[at]?.map ?? null) maps.unshift(at);
  const indexes = row.item === ROOT_ITEM ? [] : row.item.split(".").map(Number);
  let frame = progress.root;
  let item = 0;
  for (const [depth, map] of maps.entries()) {
    const body = frame.bodies.get(item * frame.width + (progress.flow.localOf[map] ?? 0));
    if (body === undefined) return [];
    frame = body;
    item = indexes[depth] ?? 0;
  }
  const slot = item * frame.width + (progress.flow.localOf[row.node] ?? 0);
  if (row.itemCount !== null) progress.expand(frame, slot, row.itemCount);
  progress.restore(frame, slot, CODES[row.state as keyof typeof CODES]);
  return [{ row, frame, slot }];
}

function auditUntaken({ node, item, state }: TaskRunRow): string[] {
  if (state === "skipped" || state === "upstream_failed") return [];
  return [`${node}/${item} is ${state}, and its arm was not taken`];
}

function auditDecision(row: TaskRunRow, decision: ReturnType<typeof decideTrigger>): string[] {
  const { node, item, state, startedAtMs } = row;
  const ran = startedAtMs !== null;
  const fits =
    (decision === "SKIPPED" && state === "skipped") ||
    (decision === "UPSTREAM_FAILED" && state === "upstream_failed") ||
    // A task that failed before its first try, for want of an input, has no start.
    (decision === "RUN" && (ran || state === "failed"));
  return fits ? [] : [`${node}/${item} is ${state}, and its upstreams say ${decision}`];
}

function depthOf(item: ItemPath): number {
  return item === ROOT_ITEM ? 0 : item.split(".").length;
}

const CODES: Readonly<Record<"success" | "failed" | "skipped" | "upstream_failed" | "cancelled", FinalCode>> = {
  success: SUCCESS,
  failed: FAILED,
  skipped: SKIPPED,
  upstream_failed: UPSTREAM_FAILED,
  cancelled: CANCELLED,
};
