import {
  type FlowSpec,
  type NodePlan,
  type NodeSpec,
  type TaskRunState,
  type Template,
  visitRefs,
} from "@millrace/core";
import type { LoadedFlow } from "../loaded-flow.ts";
import { type FormerRun, formerStateOf } from "./former-run.ts";
import { topOf } from "./named-tasks.ts";
import type { RunPlan, TakenRow } from "./run-plan.ts";
import { changesOf, type VersionChanges } from "./version-changes.ts";

/** What a repetition of a run would do, for those who decide about it. */
export interface RepeatPlan {
  readonly flow: string;
  readonly version: PlannedVersion;
  /** Tasks at the top by what becomes of them. */
  readonly counts: Readonly<Record<NodePlan, number>>;
  /** All at the top, as the flow has them. */
  readonly tasks: readonly PlannedTask[];
}

interface PlannedVersion extends VersionChanges {
  readonly id: string;
  /** The one that the former run was made with. */
  readonly isSame: boolean;
}

export interface PlannedTask {
  readonly task: string;
  readonly kind: NodeSpec["kind"];
  readonly does: NodePlan;
  /** How it ended in the former run; null where it did not end, or was not there. */
  readonly before: TaskRunState | null;
  readonly reusedFrom: string | null;
  /** Of a map of which items are kept. */
  readonly items: { readonly run: number; readonly keep: number; readonly mark: number } | null;
  /** Marked tasks whose output it reads: they gave none. */
  readonly lacks: readonly string[];
}

/** @param former undefined where its version is removed. */
export function viewPlan(flow: LoadedFlow, plan: RunPlan, former: FormerRun | undefined): RepeatPlan {
  const scope = topOf(flow);
  const reusedFrom = new Map(plan.taken.map(({ row }) => [row.node, row.reusedFrom]));
  const lacking = lacksOf(flow.spec, plan);
  const counts = { run: 0, reuse: 0, mark: 0, leave_out: 0 };
  const tasks = Array.from(scope.nodes, (node, local): PlannedTask => {
    const { id, kind } = flow.spec.nodes[node] as NodeSpec;
    const does = plan.nodes[local] ?? "run";
    counts[does] += 1;
    const before = former === undefined ? undefined : formerStateOf(flow, former, node);
    return {
      task: id,
      kind,
      does,
      before: before === undefined || before === "left_out" ? null : before,
      reusedFrom: does === "reuse" ? (reusedFrom.get(node) ?? null) : null,
      items: itemsOf(plan, node),
      lacks: does === "run" ? [...(lacking.get(node) ?? [])] : [],
    };
  });
  return { flow: flow.spec.name, version: versionOf(flow, former), counts, tasks };
}

function versionOf(flow: LoadedFlow, former: FormerRun | undefined): PlannedVersion {
  const changes =
    former === undefined ? { codeChanged: true, added: [], removed: [], changed: [] } : changesOf(former.before, flow);
  return { id: flow.version, isSame: former?.before.version === flow.version, ...changes };
}

function itemsOf(plan: RunPlan, node: number): PlannedTask["items"] {
  const items = plan.items.get(node);
  if (items === undefined) return null;
  const marked = new Set(items.rows.filter(isMarked).map(({ row }) => row.item)).size;
  return { run: items.repeated, keep: items.count - items.repeated, mark: marked };
}

function isMarked({ row }: TakenRow): boolean {
  return row.reusedFrom === null;
}

/** By node at the top that reads outputs of marked tasks: which. What waits for a failure does not get to read. */
function lacksOf(spec: FlowSpec, plan: RunPlan): ReadonlyMap<number, ReadonlySet<string>> {
  const marked = new Set(
    plan.taken.filter((taken) => isMarked(taken) && taken.row.state !== "failed").map(({ row }) => row.node),
  );
  const lacking = new Map<number, Set<string>>();
  if (marked.size === 0) return lacking;
  for (const [node, inner] of spec.nodes.entries()) {
    for (const template of templatesOf(inner)) {
      visitRefs(template, (part) => {
        if ((part.kind !== "output" && part.kind !== "outcomes") || !marked.has(part.node)) return;
        const reader = atTop(spec, node);
        lacking.set(reader, (lacking.get(reader) ?? new Set()).add(spec.nodes[part.node]?.id ?? ""));
      });
    }
  }
  return lacking;
}

function templatesOf(node: NodeSpec): readonly Template[] {
  switch (node.kind) {
    case "task":
      return [node.input];
    case "map":
      return [node.list, node.result];
    case "branch":
      return [node.condition, ...Object.values(node.results)];
  }
}

/** The node at the top in whose items a node stands, or itself. */
function atTop(spec: FlowSpec, node: number): number {
  let at = node;
  for (let map = spec.nodes[at]?.map ?? null; map !== null; map = spec.nodes[at]?.map ?? null) at = map;
  return at;
}
