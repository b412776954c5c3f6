import {
  type CompiledScope,
  MillraceError,
  type NodePlan,
  planMark,
  planRepeat,
  type RerunSelection,
  ROOT_ITEM,
  taskRunLabel,
} from "@millrace/core";
import type { LoadedFlow } from "../loaded-flow.ts";
import { type FormerRun, formerStateOf } from "./former-run.ts";
import { type NamedTasks, namedTasks, topOf } from "./named-tasks.ts";
import { type RunPlan, type TakenItems, type TakenRow, WHOLE_FLOW } from "./run-plan.ts";
import { type ItemsWanted, itemsBeyond, planItems } from "./taken-items.ts";
import { cancelledRow, type Mark, markedRow, takenRow } from "./taken-rows.ts";

/** A flow as it is to run, and the run that is repeated. */
export interface Repeated {
  readonly flow: LoadedFlow;
  readonly former: FormerRun;
}

/** A rerun: what did well before and is not asked for again is taken over. */
export function planRerun({ flow, former }: Repeated, selection: RerunSelection): RunPlan {
  if (selection.kind === "all") return WHOLE_FLOW;
  const scope = topOf(flow);
  const states = Array.from(scope.nodes, (node) => formerStateOf(flow, former, node));
  if (selection.kind === "failed") {
    const nodes = planRepeat(scope, states, selection);
    return planOf({ flow, former }, nodes, () => selection);
  }
  const { downstream } = selection;
  const named = namedTasks(flow, selection.nodes);
  refuseMissingItems({ flow, former }, named);
  const locals = [...named.locals, ...named.items.keys()];
  const nodes = planRepeat(scope, states, { kind: "tasks", locals, downstream });
  return planOf({ flow, former }, nodes, (local) => {
    const items = named.locals.includes(local) ? undefined : named.items.get(local);
    return items === undefined ? undefined : { kind: "tasks", items, downstream };
  });
}

/** The run that a mark makes. */
export function planMarks({ flow, former }: Repeated, names: readonly string[], mark: Mark): RunPlan {
  const scope = topOf(flow);
  const states = Array.from(scope.nodes, (node) => formerStateOf(flow, former, node));
  const named = namedTasks(flow, names);
  refuseMissingItems({ flow, former }, named);
  // Of a group, what had no part in the run and what ended so stays as it is.
  const marked = named.locals.filter((local) => states[local] !== "left_out" && states[local] !== mark.as);
  const around = [...named.items.keys()].filter((local) => !named.locals.includes(local));
  const nodes = planMark(scope, states, { marked, around });
  for (const local of around) refuseLostItems({ flow, former }, nodes, local);
  const plan = planOf({ flow, former }, nodes, (local) => {
    const items = around.includes(local) ? named.items.get(local) : undefined;
    return items === undefined ? undefined : { kind: "mark", items, mark };
  });
  const said = nodes.flatMap((node, local) =>
    node === "mark" ? [markedRow(mark, { node: scope.nodes[local] as number, item: ROOT_ITEM })] : [],
  );
  const whole = { ...plan, taken: [...plan.taken, ...said] };
  if (markedLabels(flow, whole).length > 0) return whole;
  const verb = names.length === 1 ? "is" : "are";
  throw new MillraceError("USAGE", `${names.join(", ")} ${verb} ${mark.as} already, or had no part in the run`);
}

/** Labels of what a plan marks. */
export function markedLabels(flow: LoadedFlow, plan: RunPlan): readonly string[] {
  const rows = [...plan.taken, ...[...plan.items.values()].flatMap((items) => items.rows)];
  return rows
    .filter(({ row }) => row.reusedFrom === null)
    .map(({ row }) => taskRunLabel(flow.spec.nodes[row.node]?.id ?? "", row.item));
}

/** @param itemsOf what becomes of the items of a map that runs again; undefined where all of them do. */
function planOf(
  { flow, former }: Repeated,
  nodes: readonly NodePlan[],
  itemsOf: (local: number) => ItemsWanted | undefined,
): RunPlan {
  const scope = topOf(flow);
  const taken: TakenRow[] = [];
  const items = new Map<number, TakenItems>();
  for (const [local, plan] of nodes.entries()) {
    const node = scope.nodes[local] as number;
    if (plan === "reuse") taken.push(...takenAt({ flow, former }, node));
    const wanted = plan === "run" && isSameList(scope, nodes, local) ? itemsOf(local) : undefined;
    const planned = wanted === undefined ? undefined : planItems({ flow, former }, node, wanted);
    if (planned !== undefined) items.set(node, planned);
  }
  return { selection: runningIds(flow, nodes), nodes, taken, items, base: former.run.id };
}

/** A map that did not end well brings its items, so that a rerun to come repeats only those that failed. */
function takenAt({ flow, former }: Repeated, node: number): readonly TakenRow[] {
  const row = former.top.get(node);
  if (row === undefined) return [cancelledRow(former.run.id, { node, item: ROOT_ITEM })];
  const isWell = row.row.state === "success" || row.row.state === "skipped";
  const inItems = isWell || flow.spec.nodes[node]?.kind !== "map" ? [] : (former.inItems.get(node) ?? []);
  return [row, ...inItems].map(takenRow);
}

/** Nothing upstream of the map is another than it was, so its list is the one it had. */
function isSameList(scope: CompiledScope, nodes: readonly NodePlan[], local: number): boolean {
  return (scope.upstream[local] as Int32Array).every(
    (upstream) => nodes[upstream] === "reuse" || nodes[upstream] === "leave_out",
  );
}

export function runningIds(flow: LoadedFlow, nodes: readonly NodePlan[]): readonly string[] {
  const scope = topOf(flow);
  return nodes.flatMap((plan, local) => {
    const id = flow.spec.nodes[scope.nodes[local] as number]?.id;
    return plan === "run" && id !== undefined ? [id] : [];
  });
}

function refuseMissingItems({ flow, former }: Repeated, { items }: NamedTasks): void {
  for (const [local, named] of items) {
    const node = topOf(flow).nodes[local] as number;
    const count = former.top.get(node)?.row.itemCount ?? 0;
    const [beyond] = itemsBeyond(named, count);
    if (beyond === undefined) continue;
    const id = flow.spec.nodes[node]?.id;
    throw new MillraceError("UNKNOWN_TASK", `${id} has no item ${beyond} in run ${former.run.id}`, {
      hint: count === 0 ? "It had no items there." : `Its items are 0 to ${count - 1}.`,
    });
  }
}

/** Marked items stand in the list that the map had; over another they would mean nothing. */
function refuseLostItems({ flow, former }: Repeated, nodes: readonly NodePlan[], local: number): void {
  const scope = topOf(flow);
  const node = scope.nodes[local] as number;
  const hasItems = planItems({ flow, former }, node, { kind: "failed" }) !== undefined;
  if (hasItems && isSameList(scope, nodes, local)) return;
  throw new MillraceError(
    "USAGE",
    `items of ${flow.spec.nodes[node]?.id} cannot be marked together with what gives its list`,
    {
      hint: "Mark the one, and then the other in the run that this makes.",
    },
  );
}
