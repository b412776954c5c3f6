import {
  decode,
  type EncodedText,
  errorInfo,
  FAILED,
  type Frame,
  isFinalTaskRunState,
  MillraceError,
  SKIPPED,
  type SUCCESS,
  TASK_RUN_EVENTS,
  type TaskRunRow,
  toErrorInfo,
  type UPSTREAM_FAILED,
} from "@millrace/core";
import { type ActiveRun, ActiveTask } from "./active-run.ts";
import { restoreReusedItems } from "./reuse.ts";
import { failTask, finishTask, keepOutput, placeOf } from "./tasks.ts";
import { filled, keptList, keptText, locate, resolveList } from "./values.ts";
import type { World } from "./world.ts";

/** So many items of a map begin in one turn of the loop, so that others' tasks go on in between. */
const ITEMS_PER_TURN = 1_000;

/** A map or a branch has become ready: its list or its condition is looked at. */
export function readyRegion(world: World, run: ActiveRun, at: { readonly frame: Frame; readonly slot: number }): void {
  const task = openRegion(world, run, at);
  task.startedAtMs = world.batch.atMs;
  if (task.spec.kind === "map") startMap(world, task);
  else startBranch(world, task);
}

/** The record of a map or branch that is under way. */
function openRegion(
  world: World,
  run: ActiveRun,
  { frame, slot }: { readonly frame: Frame; readonly slot: number },
): ActiveTask {
  const place = { frame, slot, node: frame.nodeAt(slot), item: frame.pathAt(slot), hook: "" } as const;
  const task = new ActiveTask(run, place, world.batch.atMs);
  run.tasks.add(task);
  run.addRegion(task);
  return task;
}

/** Reads the list, writes down how long it is, and begins the items. */
function startMap(world: World, task: ActiveTask): void {
  const { spec } = task;
  if (spec.kind !== "map") return;
  world.later(
    () => resolveList(world, placeOf(task), spec),
    (list) => {
      if (!task.run.tasks.has(task)) return;
      task.list = list;
      begin(world, task);
      world.batch.task(task);
      world.batch.taskEvent(task, "task.expanded", `{"items":${list.length}}`);
      const items = task.run.progress.expand(task.frame as Frame, task.slot, list.length);
      restoreReusedItems(task, items);
      beginItems(world, task, { items, from: 0 });
    },
    (error) => failTask(world, task, toErrorInfo(error)),
  );
}

function begin(world: World, region: ActiveTask): void {
  region.advance(TASK_RUN_EVENTS.started);
  world.batch.taskEvent(region, "task.started", null);
}

/** Begins items a chunk at a time. */
export function beginItems(
  world: World,
  task: ActiveTask,
  { items, from }: { readonly items: Frame; readonly from: number },
): void {
  if (!task.run.tasks.has(task) || task.run.cancelRequested) return;
  const to = Math.min(from + ITEMS_PER_TURN, items.count);
  task.run.progress.beginItems(items, from, to);
  if (to < items.count) world.enqueue(() => beginItems(world, task, { items, from: to }));
}

/** Looks at the condition, and takes the arm it names. */
function startBranch(world: World, task: ActiveTask): void {
  if (task.spec.kind !== "branch") return;
  world.later(
    () => conditionOf(world, task),
    (condition) => {
      if (!task.run.tasks.has(task)) return;
      const arm = armFor(task, condition);
      if (arm === undefined) return;
      task.arm = arm;
      begin(world, task);
      world.batch.task(task);
      task.run.progress.takeArm(task.frame as Frame, task.slot, arm);
    },
    (error) => failTask(world, task, toErrorInfo(error)),
  );

  function armFor(branch: ActiveTask, condition: unknown): string | undefined {
    const { spec } = branch;
    if (spec.kind !== "branch") return undefined;
    if (spec.form === "when") return condition ? "then" : "otherwise";
    const named = String(condition);
    if (Object.hasOwn(spec.results, named)) return named;
    if (spec.otherwise !== null) return spec.otherwise;
    const arms = Object.keys(spec.results).join(", ");
    const message = `${spec.id} has no arm for ${JSON.stringify(named)}; there are ${arms}`;
    failTask(world, branch, errorInfo("UNKNOWN_ARM", message, "Add the arm, or an `otherwise`."));
    return undefined;
  }
}

async function conditionOf(world: World, task: ActiveTask): Promise<unknown> {
  if (task.spec.kind !== "branch") return undefined;
  const located = await locate(world, placeOf(task), task.spec.condition);
  if (located.kind === "raw") return decode(JSON.stringify(located.raw) as EncodedText);
  const text = await world.ports.artifacts.readAt(located.artifact, located.path);
  return text === undefined ? undefined : decode(text);
}

/** All items of a map, or the taken arm of a branch, have ended: puts the result together and ends the region. */
export function completeRegion(
  world: World,
  task: ActiveTask,
  outcome: typeof SUCCESS | typeof FAILED | typeof SKIPPED,
): void {
  if (outcome === SKIPPED) finishTask(world, task, TASK_RUN_EVENTS.skipped);
  else if (outcome === FAILED) failTask(world, task, regionError(task));
  else {
    world.later(
      () => (task.spec.kind === "map" ? resultOfMap(world, task) : resultOfBranch(world, task)),
      (value) => {
        if (!task.run.tasks.has(task)) return;
        keepOutput(world, task, value);
        finishTask(world, task, TASK_RUN_EVENTS.succeeded);
      },
      (error) => failTask(world, task, toErrorInfo(error)),
    );
  }
}

function regionError(task: ActiveTask): ReturnType<typeof errorInfo> {
  const { spec } = task;
  if (spec.kind !== "map") return errorInfo("ITEMS_FAILED", `a task of the arm ${task.arm} failed`);
  const items = task.frame?.bodies.get(task.slot);
  const message = `${items?.failedItems} of ${items?.count} items failed`;
  return errorInfo("ITEMS_FAILED", message, "millrace retry runs only those again.");
}

async function resultOfMap(world: World, task: ActiveTask): ReturnType<typeof keptList> {
  const { spec, run } = task;
  const items = task.frame?.bodies.get(task.slot);
  if (spec.kind !== "map" || items === undefined)
    throw new MillraceError("INTERNAL", "a map that never began is complete");
  const texts: EncodedText[] = [];
  for (let item = 0; item < items.count; item += 1) {
    texts.push(await filled(world, { run, frame: items, slot: item * items.width }, spec.result));
  }
  return keptList(world, texts);
}

async function resultOfBranch(world: World, task: ActiveTask): ReturnType<typeof keptText> {
  const { spec } = task;
  const result = spec.kind === "branch" && task.arm !== null ? spec.results[task.arm] : undefined;
  return result === undefined ? { kind: "none" } : keptText(world, await filled(world, placeOf(task), result));
}

/** A task run that is decided without ever running. */
export function decideTask(
  world: World,
  run: ActiveRun,
  at: { readonly frame: Frame; readonly slot: number; readonly state: typeof SKIPPED | typeof UPSTREAM_FAILED },
): void {
  const row = decidedRow(run, at, world.batch.atMs);
  world.batch.decided(run, row);
  world.batch.decidedEvent(row);
}

function decidedRow(run: ActiveRun, at: Parameters<typeof decideTask>[2], atMs: number): TaskRunRow {
  const place = { ...at, node: at.frame.nodeAt(at.slot), item: at.frame.pathAt(at.slot), hook: "" } as const;
  const task = new ActiveTask(run, place, atMs);
  task.state = at.state === SKIPPED ? "skipped" : "upstream_failed";
  task.endedAtMs = atMs;
  if (!isFinalTaskRunState(task.state)) throw new Error("decided without an end");
  return task.row();
}
