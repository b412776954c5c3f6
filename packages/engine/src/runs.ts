import {
  type ErrorInfo,
  errorInfo,
  FAILED,
  isFinalRunState,
  ROOT_ITEM,
  RUN_EVENTS,
  type RunEvent,
  SUCCESS,
  TASK_RUN_EVENTS,
  toErrorInfo,
  transitionRun,
} from "@millrace/core";
import type { ActiveRun, ActiveTask } from "./active-run.ts";
import { FLOW_NODE } from "./ended-child.ts";
import { openRunHooks } from "./hooks.ts";
import { briefError, finishTask, resumeTask, stopAttempt } from "./tasks.ts";
import { filled, keptText } from "./values.ts";
import type { World } from "./world.ts";

/** A new run is in memory: it starts, or waits for other runs of its flow to end. */
export function openRun(world: World, run: ActiveRun): void {
  world.runs.set(run.id, run);
  for (const tell of world.onRunOpened) tell(run);
  world.batch.run(run);
  world.batch.event(run, "run.queued", null);
  startQueued(world, run);
}

/** A queued run, new or read back after a restart, starts when its flow has room; else it waits for its turn. */
export function startQueued(world: World, run: ActiveRun): void {
  if (world.gate.enter(run, world.batch.atMs)) startRun(world, run);
  else startNext(world);
}

/** Starts runs whose flow has room for them by now. */
export function startNext(world: World): void {
  for (const run of world.gate.next(world.batch.atMs)) startRun(world, run);
}

/** The run's turn has come: what has no upstream is ready. */
function startRun(world: World, run: ActiveRun): void {
  if (!advance(run, RUN_EVENTS.started)) return;
  // Clocks are set, and leaders change: by its clock of then it may have been made later than now.
  run.startedAtMs = Math.max(world.batch.atMs, run.made.createdAtMs);
  world.batch.run(run);
  world.batch.event(run, "run.started", null);
  watchRunTimeout(world, run);
  run.progress.begin();
}

/** The run's own timeout counts from its start. */
export function watchRunTimeout(world: World, run: ActiveRun): void {
  const limit = run.flow.spec.policies.timeoutMs;
  if (limit === null || run.startedAtMs === null) return;
  const { clock } = world.ports;
  run.cancelDeadline = clock.after(Math.max(0, run.startedAtMs + limit - clock.now()), () =>
    world.enqueue(() => {
      if (run.dropped) return;
      const error = errorInfo("RUN_TIMEOUT", `the run took longer than its timeout of ${limit} ms`);
      stopRun(world, run, { error });
    }),
  );
}

/** Every node has ended. A flow with an output of its own puts that together first. */
export function allNodesEnded(world: World, run: ActiveRun, outcome: typeof SUCCESS | typeof FAILED): void {
  if (isFinalRunState(run.state) || run.finishing || run.cancelRequested) return;
  const { output } = run.flow.spec;
  if (outcome === FAILED || output === null) {
    endRun(world, run, outcome === SUCCESS ? RUN_EVENTS.succeeded : RUN_EVENTS.failed);
    return;
  }
  run.finishing = true;
  const place = { run, frame: run.progress.root, slot: 0 };
  world.later(
    async () => keptText(world, await filled(world, place, output)),
    (value) => {
      if (run.dropped) return;
      world.batch.output({ run: run.id, node: FLOW_NODE, item: ROOT_ITEM, value });
      run.output = value;
      endRun(world, run, RUN_EVENTS.succeeded);
    },
    (error) => {
      if (run.dropped) return;
      run.error = toErrorInfo(error);
      endRun(world, run, RUN_EVENTS.failed);
    },
  );
}

function advance(run: ActiveRun, event: RunEvent): boolean {
  const next = transitionRun(run.state, event);
  if (next === undefined) return false;
  run.state = next;
  return true;
}

function endRun(world: World, run: ActiveRun, event: RunEvent): void {
  if (!advance(run, event)) return;
  const { batch } = world;
  run.endedAtMs = Math.max(batch.atMs, run.startedAtMs ?? run.made.createdAtMs);
  run.cancelDeadline?.();
  batch.run(run);
  const error = run.error === null ? "" : `,"error":${briefError(run.error)}`;
  batch.event(run, "run.finished", `{"state":"${run.state}"${error}}`);
  openRunHooks(world, run);
  world.gate.leave(run, batch.atMs);
  startNext(world);
  const parent = world.waitingFor.get(run.id);
  if (parent !== undefined) childEnded(world, parent, run);
  for (const tell of world.onRunEnded) tell(run);
  batch.mayBeOver.add(run);
}

/** The run that a deferred task waits for has ended: the task goes on with its outcome. */
export function childEnded(world: World, task: ActiveTask, child: Pick<ActiveRun, "id" | "state">): void {
  if (!isFinalRunState(child.state)) return;
  world.waitingFor.delete(child.id);
  resumeTask(world, task);
}

/** Looks whether a run of which something ended is over, and whether it can leave memory. */
export function settleRun(world: World, run: ActiveRun): void {
  if (run.settled || run.dropped || run.tasks.size > run.openHooks) return;
  if (!isFinalRunState(run.state)) {
    if (!run.cancelRequested) return;
    endRun(world, run, run.error === null || run.state === "queued" ? RUN_EVENTS.cancelled : RUN_EVENTS.failed);
  }
  if (run.openHooks > 0 || run.settled) return;
  run.settled = true;
  world.batch.run(run);
  world.runs.delete(run.id);
  if (run.made.idempotencyKey !== null) world.keys.delete(run.made.idempotencyKey);
}

interface Stop {
  /** Why it is stopped, where it is not asked for. */
  readonly error?: ErrorInfo | null;
  /** Who asked for it. */
  readonly by?: string;
}

/** Stops a run: nothing begins any more, what runs is cancelled, and the run ends when all of that is dead. */
export function stopRun(world: World, run: ActiveRun, { error = null, by }: Stop): void {
  if (isFinalRunState(run.state) || run.cancelRequested) return;
  const { batch } = world;
  run.cancelRequested = true;
  run.error = error;
  batch.run(run);
  batch.event(run, "run.cancelling", by === undefined ? null : JSON.stringify({ by }));
  stopTasks(world, run);
}

/** Stops what there is of a run that is to stop: once when it is asked for, and once more by each new leader. */
export function stopTasks(world: World, run: ActiveRun): void {
  run.progress.cancelPending();
  for (const task of run.tasks) {
    if (task.hook !== "") continue;
    if (task.attempt === null) finishTask(world, task, TASK_RUN_EVENTS.cancelled);
    else stopAttempt(world, task, "cancelled");
  }
  world.batch.mayBeOver.add(run);
}
