import {
  CANCELLED,
  FAILED,
  type FinalCode,
  isFinalTaskRunState,
  ROOT_ITEM,
  SKIPPED,
  SUCCESS,
  type TaskRunRow,
  type TaskRunState,
  taskRunLabel,
  UPSTREAM_FAILED,
} from "@millrace/core";
import type { ActiveRun, ReusedItems } from "../active-run.ts";
import type { World } from "../world.ts";
import type { RunPlan, TakenOutputs, TakenRow } from "./run-plan.ts";

/** How a state that stays is counted. */
export function codeOf(state: TaskRunState): FinalCode {
  if (!isFinalTaskRunState(state)) throw new Error(`${state} is no end`);
  return CODES[state];
}

const CODES = {
  success: SUCCESS,
  failed: FAILED,
  skipped: SKIPPED,
  upstream_failed: UPSTREAM_FAILED,
  cancelled: CANCELLED,
} as const;

/** Applies a plan to a run that is about to be opened, and writes down what stands in it from the start. */
export function applyPlan(
  world: World,
  run: ActiveRun,
  { plan, outputs }: { readonly plan: RunPlan; readonly outputs: TakenOutputs },
): void {
  const { progress } = run;
  const left: number[] = [];
  for (const [local, node] of plan.nodes.entries()) if (node === "leave_out") left.push(local);
  progress.exclude(left);
  const take = new Taker(world, run, outputs);
  const items = new Map<number, ReusedItems>();
  for (const [node, { count, rows }] of plan.items) items.set(node, { count, rows: rows.map((row) => take.row(row)) });
  run.reusedItems = items;
  for (const taken of plan.taken) {
    const row = take.row(taken);
    if (row.item !== ROOT_ITEM) continue;
    noteFailure(run, row);
    progress.restore(progress.root, run.flow.compiled.localOf[row.node] as number, codeOf(row.state));
  }
}

class Taker {
  readonly #world: World;
  readonly #run: ActiveRun;
  readonly #outputs: TakenOutputs;

  constructor(world: World, run: ActiveRun, outputs: TakenOutputs) {
    this.#world = world;
    this.#run = run;
    this.#outputs = outputs;
  }

  row(taken: TakenRow): TaskRunRow {
    const { batch } = this.#world;
    const row = { ...taken.row, run: this.#run.id };
    batch.decided(this.#run, row);
    batch.decidedEvent(row, row.reusedFrom === null);
    const value = this.#outputs.get(taken);
    if (value !== undefined) batch.output({ run: this.#run.id, node: row.node, item: row.item, value });
    return row;
  }
}

/** The run's hooks are told of what failed first, also where that was taken over. */
export function noteFailure(run: ActiveRun, { state, node, item, error, endedAtMs }: TaskRunRow): void {
  const spec = run.flow.spec.nodes[node];
  if (state !== "failed" || spec?.kind !== "task" || error === null) return;
  run.noteFailure(taskRunLabel(spec.id, item), error, endedAtMs ?? 0);
}
