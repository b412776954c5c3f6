import { type Command, MillraceError, type RunRow, type RunTrigger } from "@millrace/core";
import type { LoadedFlow } from "./loaded-flow.ts";
import { newRow, type Prepared, unknownRun, versionOf } from "./new-run.ts";
import { type FormerRun, readFormer } from "./plans/former-run.ts";
import { type RepeatPlan, viewPlan } from "./plans/plan-view.ts";
import { markedLabels, planMarks, planRerun } from "./plans/repeat-plan.ts";
import { type RunPlan, readOutputs, WHOLE_FLOW } from "./plans/run-plan.ts";
import { refuseTooLarge } from "./pools.ts";
import type { World } from "./world.ts";

/** What makes a run of one that has ended. */
export type Repeat = Extract<Command, { readonly kind: "rerun" | "mark" }>;

/** Who asks for it. */
interface By {
  readonly actor: string;
}

/** A repetition, looked up and planned: the one way to it, whether it is then shown or made. */
interface Planned {
  readonly flow: LoadedFlow;
  readonly known: RunRow;
  /** Undefined where nothing of it is needed: everything runs. */
  readonly former: FormerRun | undefined;
  readonly plan: RunPlan;
}

/** Says what a repetition would do. Refuses what it would refuse, and makes nothing. */
export async function planRepeat(world: World, command: Repeat, by: By): Promise<RepeatPlan> {
  const planned = await plan(world, command, by);
  await keysOf(world, planned.flow, planned.known);
  return viewPlan(planned.flow, planned.plan, planned.former ?? (await maybeFormer(world, planned)));
}

/** Everything about a repetition but that it is in memory. */
export async function prepareRepeat(world: World, command: Repeat, by: By): Promise<Prepared> {
  const { flow, known, plan: planned } = await plan(world, command, by);
  const row = newRow(world, flow, {
    params: known.params,
    concurrencyKey: known.concurrencyKey,
    taskKeys: await keysOf(world, flow, known),
    class: known.class,
    window: known.window,
    scheduledAtMs: known.scheduledAtMs,
    slice: known.slice,
    backfill: known.backfill,
    trigger: triggerOf(flow, planned, { command, actor: by.actor }),
    idempotencyKey: null,
    selection: planned.selection,
    rerunOf: known.id,
    rootRun: known.rootRun,
  });
  return { kind: "new", row, flow, plan: planned, outputs: await readOutputs(world, planned) };
}

async function plan(world: World, command: Repeat, { actor }: By): Promise<Planned> {
  const known = await findEnded(world, command);
  const flow = await world.flow(await versionFor(world, command, known), known.flow);
  refuseTooLarge(world, flow);
  if (command.kind === "rerun" && command.selection.kind === "all") {
    return { flow, known, former: undefined, plan: WHOLE_FLOW };
  }
  const former = await readFormer(world, flow, known.id);
  if (command.kind === "rerun") return { flow, known, former, plan: planRerun({ flow, former }, command.selection) };
  const { as, reason, tasks } = command;
  const mark = { as, reason, actor, atMs: world.ports.clock.now() };
  return { flow, known, former, plan: planMarks({ flow, former }, tasks, mark) };
}

/** A mark changes one thing, and not the code. */
async function versionFor(world: World, command: Repeat, known: RunRow): Promise<RunRow["version"]> {
  if (command.kind === "mark" || command.version === "same") return known.version;
  return await versionOf(world, command.version);
}

async function findEnded(world: World, { kind, run }: Repeat): Promise<RunRow> {
  const known = await world.ports.store.history.findRun(run);
  if (known === undefined) throw unknownRun(run);
  if (known.settled && !world.runs.has(known.id)) return known;
  const again = kind === "mark" ? ", and mark then: the run that this makes goes on from there" : "";
  throw new MillraceError("RUN_ACTIVE", `run ${known.id} is still ${known.state}`, {
    hint: `Wait for its end, or cancel it first${again}.`,
  });
}

function triggerOf(
  flow: LoadedFlow,
  planned: RunPlan,
  { command, actor }: { readonly command: Repeat; readonly actor: string },
): RunTrigger {
  if (command.kind === "rerun") return { kind: "rerun", actor };
  const { as, reason } = command;
  return { kind: "rerun", actor, mark: { as, reason, tasks: markedLabels(flow, planned) } };
}

/** The former run may be of a version that is removed: then nothing is said of what it was. */
async function maybeFormer(world: World, { flow, known }: Planned): Promise<FormerRun | undefined> {
  try {
    return await readFormer(world, flow, known.id);
  } catch (error) {
    if (error instanceof MillraceError && error.code === "UNKNOWN_VERSION") return undefined;
    throw error;
  }
}

/** Another version may have other keys; they are made from parameters that are complete already. */
async function keysOf(world: World, flow: LoadedFlow, { taskKeys, params }: RunRow): Promise<readonly string[] | null> {
  if (flow.spec.policies.taskKeys === (taskKeys?.length ?? 0)) return taskKeys;
  const parsed = await world.ports.definitions.parseParams(flow.version, flow.spec.name, params);
  return parsed.taskKeys ?? null;
}
