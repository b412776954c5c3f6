import { MillraceError, planPart, type RunSelection } from "@millrace/core";
import type { LoadedFlow } from "../loaded-flow.ts";
import type { World } from "../world.ts";
import { type FormerRun, readFormer } from "./former-run.ts";
import { namedLocals, topOf } from "./named-tasks.ts";
import { runningIds } from "./repeat-plan.ts";
import type { RunPlan } from "./run-plan.ts";
import { takenRow } from "./taken-rows.ts";

const RUNS_LOOKED_AT = 20;

/** A first run of a part of a flow; what that part needs is taken from the newest run that has it. */
export async function planFirstRun(world: World, flow: LoadedFlow, selection: RunSelection): Promise<RunPlan> {
  const scope = topOf(flow);
  const nodes = planPart(scope, namedLocals(flow, selection.nodes), selection.kind === "from");
  const needed: number[] = [];
  for (const [local, plan] of nodes.entries()) if (plan === "reuse") needed.push(scope.nodes[local] as number);
  const base = needed.length === 0 ? undefined : await newestRunWith(world, flow, needed);
  const taken = needed.flatMap((node) => {
    const row = base?.top.get(node);
    return row === undefined ? [] : [takenRow(row)];
  });
  return { selection: runningIds(flow, nodes), nodes, taken, items: new Map(), base: base?.run.id ?? null };
}

async function newestRunWith(world: World, flow: LoadedFlow, needed: readonly number[]): Promise<FormerRun> {
  const { store } = world.ports;
  const runs = await store.history.listRuns({
    flow: flow.spec.name,
    states: ["success", "failed"],
    limit: RUNS_LOOKED_AT,
  });
  for (const run of runs) {
    const base = await readFormer(world, flow, run.id);
    if (needed.every((node) => base.top.get(node)?.row.state === "success")) return base;
  }
  const ids = needed.map((node) => flow.spec.nodes[node]?.id).join(", ");
  throw new MillraceError("USAGE", `this part of ${flow.spec.name} needs what ${ids} gave, and no earlier run has it`, {
    hint: `Run the whole flow once: millrace run ${flow.spec.name}`,
  });
}
