import {
  type EncodedText,
  encode,
  type HookKind,
  ROOT_ITEM,
  recordText,
  type StoredValue,
  type TaskRunRow,
  taskRunLabel,
  UNDEFINED_TEXT,
} from "@millrace/core";
import { type ActiveRun, ActiveTask } from "./active-run.ts";
import { storedText } from "./inputs.ts";
import type { World } from "./world.ts";

/** Makes the hooks that watch how this task run ended. They run in a worker like any attempt. */
export function openHooks(world: World, task: ActiveTask): void {
  if (task.spec.kind !== "task" || task.spec.hooks.length === 0) return;
  const on = task.state === "success" ? "success" : task.state === "failed" ? "failure" : undefined;
  if (on === undefined || !task.spec.hooks.includes(on)) return;
  const output = task.frame === undefined ? undefined : world.outputs.get(task.frame, task.slot);
  openHook(world, { task, run: task.run, on, hook: on, input: taskEvent(task, on, output) });
}

/** Makes the hook that watches a retry about to come. */
export function openRetryHook(world: World, task: ActiveTask): void {
  if (task.spec.kind !== "task" || !task.spec.hooks.includes("retry")) return;
  const hook = `retry:${task.tries}` as const;
  openHook(world, { task, run: task.run, on: "retry", hook, input: taskEvent(task, "retry", undefined) });
}

/** Makes the flow's own hook for how the run ended. */
export function openRunHooks(world: World, run: ActiveRun): void {
  const on = run.state === "success" ? "success" : run.state === "failed" ? "failure" : undefined;
  if (on === undefined || !run.flow.spec.hooks.includes(on)) return;
  const input = recordText({
    on: encode(on),
    run: encode({ id: run.id, flow: run.flow.spec.name }),
    task: encode(null),
    output: run.output === null ? UNDEFINED_TEXT : storedText(run.output, []),
    error: encode(on === "success" ? null : (run.error ?? run.firstFailure?.error ?? null)),
    tries: encode(0),
  });
  openHook(world, { task: undefined, run, on, hook: on, input });
}

interface Opening {
  readonly task: ActiveTask | undefined;
  readonly run: ActiveRun;
  readonly on: HookKind;
  readonly hook: TaskRunRow["hook"];
  readonly input: EncodedText;
}

function openHook(world: World, opening: Opening): void {
  const { task, run } = opening;
  const place = {
    frame: undefined,
    slot: 0,
    node: task?.node ?? -1,
    item: task?.item ?? ROOT_ITEM,
    hook: opening.hook,
  };
  const hook = new ActiveTask(run, place, world.batch.atMs);
  hook.hookInput = opening.input;
  // What the hook is told is kept in its row, so that a restart tells it the same.
  hook.carry = opening.input;
  run.openHooks += 1;
  run.tasks.add(hook);
  world.batch.task(hook);
  world.admission.add(hook, world.batch.atMs);
}

function taskEvent(task: ActiveTask, on: HookKind, output: StoredValue | undefined): EncodedText {
  return recordText({
    on: encode(on),
    run: encode({ id: task.run.id, flow: task.run.flow.spec.name }),
    task: encode({ id: task.spec.id, label: taskRunLabel(task.spec.id, task.item) }),
    output: output === undefined ? UNDEFINED_TEXT : storedText(output, []),
    error: encode(task.error),
    tries: encode(task.tries + (on === "success" ? 1 : 0)),
  });
}
