import {
  type CompiledScope,
  type FormerState,
  type ItemPath,
  type NodePlan,
  planMark,
  planRepeat,
  type TaskRunRow,
} from "@millrace/core";
import type { LoadedFlow } from "../loaded-flow.ts";
import type { FormerRow, FormerRun } from "./former-run.ts";
import type { NamedItems } from "./named-tasks.ts";
import type { TakenItems, TakenRow } from "./run-plan.ts";
import { cancelledRow, type Mark, markedRow, takenRow } from "./taken-rows.ts";

/** What becomes of the items of a map that runs again over the list that it had. */
export type ItemsWanted =
  /** What did not end well is repeated, and what follows it within its item. */
  | { readonly kind: "failed" }
  /** Just these are repeated; the others stay as they ended. */
  | { readonly kind: "tasks"; readonly items: NamedItems; readonly downstream: boolean }
  /** These count as they are said to, and what follows them within their item is decided anew. */
  | { readonly kind: "mark"; readonly items: NamedItems; readonly mark: Mark };

/** Plans a map's items. Undefined where there are none to take over: it had not expanded, or its body is another now. */
export function planItems(
  { flow, former }: { readonly flow: LoadedFlow; readonly former: FormerRun },
  node: number,
  wanted: ItemsWanted,
): TakenItems | undefined {
  const count = former.top.get(node)?.row.itemCount;
  const body = bodyOf(flow, node);
  if (typeof count !== "number" || body === undefined) return undefined;
  if (body.nodes.some((inner) => !former.nodeBefore.has(inner))) return undefined;
  const byItem = rowsByItem(body, former.inItems.get(node) ?? []);
  const items = wanted.kind === "failed" ? byItem.keys() : Array(count).keys();
  const rows: TakenRow[] = [];
  let repeated = count;
  for (const item of items) {
    const ended = byItem.get(item) ?? new Map<number, FormerRow>();
    const states = Array.from(body.nodes, (inner) => ended.get(inner)?.row.state);
    const plans = plansOf(body, states, { item, wanted });
    for (const [local, plan] of plans.entries()) {
      const inner = body.nodes[local] as number;
      const row = taken({ plan, wanted, before: ended.get(inner) }, { node: inner, item, run: former.run.id });
      if (row !== undefined) rows.push(row);
    }
    if (!plans.includes("run")) repeated -= 1;
  }
  return { count, repeated, rows };
}

/** Which of a map's items are named that it never had. */
export function itemsBeyond(named: NamedItems, count: number): readonly number[] {
  return [...named.keys()].filter((item) => item >= count);
}

function bodyOf(flow: LoadedFlow, node: number): CompiledScope | undefined {
  return flow.compiled.scopes[flow.compiled.bodyOf[node] as number];
}

function rowsByItem(
  body: CompiledScope,
  rows: readonly FormerRow[],
): ReadonlyMap<number, ReadonlyMap<number, FormerRow>> {
  const own = new Set(body.nodes);
  const items = new Map<number, Map<number, FormerRow>>();
  for (const one of rows) {
    if (!own.has(one.row.node)) continue;
    const item = Number(one.row.item);
    const nodes = items.get(item) ?? new Map<number, FormerRow>();
    items.set(item, nodes.set(one.row.node, one));
  }
  return items;
}

function plansOf(
  body: CompiledScope,
  states: readonly FormerState[],
  { item, wanted }: { readonly item: number; readonly wanted: ItemsWanted },
): readonly NodePlan[] {
  if (wanted.kind === "failed") return planRepeat(body, states, wanted);
  const named = wanted.items.get(item);
  if (named === undefined) return states.map(() => "reuse");
  if (wanted.kind === "mark") {
    const marked = [...named].filter((local) => states[local] !== wanted.mark.as);
    return planMark(body, states, { marked, around: [] });
  }
  return planRepeat(body, states, { kind: "tasks", locals: [...named], downstream: wanted.downstream });
}

/** How a task run of an item stands from the start; undefined where it does not. */
function taken(
  {
    plan,
    wanted,
    before,
  }: { readonly plan: NodePlan; readonly wanted: ItemsWanted; readonly before: FormerRow | undefined },
  at: { readonly node: number; readonly item: number; readonly run: FormerRun["run"]["id"] },
): TakenRow | undefined {
  const item = `${at.item}` as ItemPath;
  const place: Pick<TaskRunRow, "node" | "item"> = { node: at.node, item };
  switch (plan) {
    case "run":
      return undefined;
    case "mark":
      return wanted.kind === "mark" ? markedRow(wanted.mark, place) : undefined;
    case "reuse":
      return before === undefined ? cancelledRow(at.run, place) : takenRow(before);
    case "leave_out":
      // A part of an item cannot be left out: what is not asked for again stays as it ended.
      return before === undefined || wanted.kind === "failed" ? undefined : takenRow(before);
  }
}
