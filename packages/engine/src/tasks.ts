import { createHash } from "node:crypto";
import {
  ATTEMPT_STOP,
  type AttemptId,
  type AttemptOrder,
  CANCELLED,
  type EncodedText,
  type ErrorInfo,
  errorInfo,
  FAILED,
  type FinalCode,
  type FinalTaskRunState,
  type Frame,
  SKIPPED,
  type StopReason,
  type StoredValue,
  SUCCESS,
  TASK_RUN_EVENTS,
  type TaskRunEvent,
  taskRunLabel,
  toErrorInfo,
  transitionAttempt,
  UPSTREAM_FAILED,
} from "@millrace/core";
import { type ActiveRun, ActiveTask } from "./active-run.ts";
import { orderOf } from "./attempt-order.ts";
import { readEndedChild, wantsEndedChild } from "./ended-child.ts";
import { openHooks } from "./hooks.ts";
import type { Missing, Place } from "./inputs.ts";
import { withoutPicks } from "./located.ts";
import { filled, readMissing } from "./values.ts";
import type { World } from "./world.ts";

/** A task run has become ready: it waits for its limits and a worker, or takes a former output from the cache. */
export function readyTask(world: World, run: ActiveRun, at: { readonly frame: Frame; readonly slot: number }): void {
  const { frame, slot } = at;
  const place = { frame, slot, node: frame.nodeAt(slot), item: frame.pathAt(slot), hook: "" } as const;
  const task = new ActiveTask(run, place, run.readyBefore?.(frame, slot) ?? world.batch.atMs);
  run.tasks.add(task);
  watchDeadline(world, task);
  enqueueTask(world, task);
}

/** Puts a task run in line, by way of the cache where it has one. */
export function enqueueTask(world: World, task: ActiveTask): void {
  // After a restart its time may be over before it is its turn; the alarm for that only rings after this turn.
  if (deadlineOf(task) <= world.batch.atMs && !task.run.cancelRequested) {
    failOverdue(world, task);
    return;
  }
  const looksUp = task.hook === "" && task.taskSpec.policies.cache !== null && task.cacheKey === null;
  if (looksUp) lookUpCache(world, task);
  else waitForRoom(world, task);
}

/** From now on it waits for its limits and a worker. */
export function waitForRoom(world: World, task: ActiveTask): void {
  world.admission.add(task, world.batch.atMs);
}

/** What a task run waited for is there: it goes back in line. */
export function resumeTask(world: World, task: ActiveTask): void {
  const wasDeferred = task.state === "deferred";
  if (!task.run.tasks.has(task) || !task.advance(TASK_RUN_EVENTS.resumed)) return;
  if (wasDeferred) {
    world.batch.task(task);
    world.batch.taskEvent(task, "task.resumed", null);
  }
  task.cancelTimer?.();
  task.cancelTimer = null;
  waitForRoom(world, task);
}

/** The total timeout counts from when the task run first became ready, its retries and waits included. */
export function watchDeadline(world: World, task: ActiveTask): void {
  const deadlineMs = deadlineOf(task);
  if (deadlineMs === Number.POSITIVE_INFINITY) return;
  const { clock } = world.ports;
  task.cancelDeadline = clock.after(Math.max(0, deadlineMs - clock.now()), () =>
    world.enqueue(() => {
      if (!task.run.tasks.has(task)) return;
      task.overdue = true;
      if (task.attempt === null) failOverdue(world, task);
      else stopAttempt(world, task, "timed_out");
    }),
  );
}

function deadlineOf(task: ActiveTask): number {
  const limit = task.hook === "" ? task.taskSpec.policies.totalTimeoutMs : null;
  return limit === null ? Number.POSITIVE_INFINITY : task.readyAtMs + limit;
}

/** Tells the executor to end the attempt, once that is written down. Whatever it ends with is still to come. */
export function stopAttempt(world: World, task: ActiveTask, reason: StopReason): void {
  const { attempt } = task;
  const next = attempt === null ? undefined : transitionAttempt(attempt.state, ATTEMPT_STOP);
  if (attempt === null || next === undefined) return;
  attempt.state = next;
  world.batch.attemptLives(task, attempt);
  world.batch.effect(() => world.ports.executor.cancelAttempt(attempt.id, reason));
}

/** Ends a task run whose total timeout is over. */
export function failOverdue(world: World, task: ActiveTask): void {
  const limit = task.taskSpec.policies.totalTimeoutMs;
  failTask(
    world,
    task,
    errorInfo("TIMEOUT", `${task.taskSpec.id} took longer in all than its totalTimeout of ${limit} ms`),
  );
}

function lookUpCache(world: World, task: ActiveTask): void {
  world.later(
    () => findCached(world, task),
    ({ key, value }) => {
      if (!task.run.tasks.has(task)) return;
      task.cacheKey = key;
      if (value === undefined) {
        waitForRoom(world, task);
        return;
      }
      task.cached = true;
      task.startedAtMs = world.batch.atMs;
      keepOutput(world, task, value);
      finishTask(world, task, TASK_RUN_EVENTS.cached);
    },
    (error) => failTask(world, task, toErrorInfo(error)),
  );
}

/** A task run that was begun under another leader leaves its entry in the cache as well, once its key is found again. */
export function recallCacheKey(world: World, task: ActiveTask): void {
  if (task.hook !== "" || task.taskSpec.policies.cache === null) return;
  world.later(
    () => findCached(world, task),
    ({ key }) => {
      task.cacheKey = key;
    },
    () => {
      // Without a key there is no entry, and the task run goes on all the same.
    },
  );
}

interface CacheLookup {
  readonly key: string;
  readonly value: StoredValue | undefined;
}

async function findCached(world: World, task: ActiveTask): Promise<CacheLookup> {
  const { policies, input, id } = task.taskSpec;
  const { flow } = task.run;
  const cache = policies.cache as NonNullable<typeof policies.cache>;
  const text = await filled(world, placeOf(task), input);
  const chosen = cache.customKey
    ? await world.ports.definitions.cacheKey({
        version: flow.version,
        flow: flow.spec.name,
        node: task.node,
        input: text,
      })
    : withoutPicks(text);
  const key = createHash("sha256")
    .update([flow.spec.name, id, flow.codeHash, cache.salt, chosen].join("\u0000"))
    .digest("hex");
  const entry = await world.ports.store.findCacheEntry(key);
  const fresh =
    entry !== undefined && (cache.expiresMs === null || world.ports.clock.now() - entry.createdAtMs <= cache.expiresMs);
  return { key, value: fresh ? entry.value : undefined };
}

/** Where a task run's templates are filled. */
export function placeOf(task: ActiveTask): Place {
  return { run: task.run, frame: task.frame as Frame, slot: task.slot };
}

/** Gives workers to those who are first in line. */
export function admitTasks(world: World): void {
  if (world.draining) return;
  const { admission, batch } = world;
  admission.workers.limit = world.ports.executor.capacity;
  for (;;) {
    const task = admission.next(batch.atMs) as ActiveTask | undefined;
    if (task === undefined) break;
    task.holdsSlots = true;
    startAttempt(world, task);
  }
  batch.useRates(admission.spentRates());
}

/** Writes the attempt down, and starts it once that is durable. Its slots are taken already. */
function startAttempt(world: World, task: ActiveTask): void {
  const missing: Missing[] = [];
  const input =
    task.hook === ""
      ? world.inputs.assemble(placeOf(task), task.taskSpec.input, missing)
      : (task.hookInput as EncodedText);
  if (missing.length > 0 || wantsEndedChild(task)) {
    readThenStart(world, task, missing);
    return;
  }
  const { batch } = world;
  task.advance(TASK_RUN_EVENTS.queued);
  task.advance(TASK_RUN_EVENTS.started);
  world.lastAttempt += 1;
  task.attempts += 1;
  task.startedAtMs ??= Math.max(batch.atMs, task.readyAtMs);
  task.resumeAtMs = null;
  const id = world.lastAttempt as AttemptId;
  task.attempt = { id, number: task.attempts, state: "starting", startedAtMs: batch.atMs };
  world.attempts.set(id, task);
  const order: AttemptOrder = orderOf(world, task, input);
  batch.task(task);
  batch.attemptLives(task, task.attempt);
  batch.taskEvent(task, "task.started", startedData(task));
  batch.starts.push(id);
  batch.effect(() => {
    if (task.attempt?.id === id) world.ports.executor.startAttempt(order);
  });
}

function readThenStart(world: World, task: ActiveTask, missing: readonly Missing[]): void {
  const isStillWanted = (): boolean => task.run.tasks.has(task) && task.attempt === null && task.holdsSlots;
  world.later(
    async () => {
      if (wantsEndedChild(task)) task.endedChild = await readEndedChild(world, task);
      if (missing.length > 0) await readMissing(world, placeOf(task), missing);
    },
    () => {
      if (isStillWanted()) startAttempt(world, task);
    },
    (error) => {
      if (isStillWanted()) failTask(world, task, toErrorInfo(error));
    },
  );
}

function startedData(task: ActiveTask): string | null {
  if (task.hook !== "") return `{"hook":"${task.hook}"}`;
  const resumed = task.carry !== null;
  if (task.tries === 0) return resumed ? '{"resumed":true}' : null;
  return resumed ? `{"try":${task.tries + 1},"resumed":true}` : `{"try":${task.tries + 1}}`;
}

/** Its slots and its worker are free again. Twice is fine. */
export function giveBack(world: World, task: ActiveTask, nowMs: number): void {
  if (!task.holdsSlots) return;
  task.holdsSlots = false;
  world.admission.release(task, nowMs);
}

/** Keeps what a task run gave, for its downstream and in the store. */
export function keepOutput(world: World, task: ActiveTask, value: StoredValue): void {
  if (task.hook !== "") return;
  const { batch } = world;
  world.outputs.put(task.frame as Frame, task.slot, value);
  batch.output({ run: task.run.id, node: task.node, item: task.item, value });
  if (task.cacheKey === null || task.cached) return;
  batch.cacheEntry({ key: task.cacheKey, value, run: task.run.id, createdAtMs: batch.atMs });
}

/** Ends a task run in failure. */
export function failTask(world: World, task: ActiveTask, error: ErrorInfo): void {
  if (!task.run.tasks.has(task)) return;
  task.error = error;
  finishTask(world, task, TASK_RUN_EVENTS.failed);
}

/** The task run has ended: writes it down and lets its downstream go on. */
export function finishTask(world: World, task: ActiveTask, event: TaskRunEvent): void {
  const { run } = task;
  const { batch } = world;
  if (!run.tasks.has(task) || !task.advance(event)) return;
  run.tasks.delete(task);
  task.stopTimers();
  world.admission.remove(task, batch.atMs);
  giveBack(world, task, batch.atMs);
  // Clocks are set, and leaders change.
  task.endedAtMs = Math.max(batch.atMs, task.startedAtMs ?? task.readyAtMs);
  task.resumeAtMs = null;
  if (task.state === "success") task.error = null;
  // A run that nobody waits for any more is stopped with the task that asked for it.
  else if (task.childRun !== null) world.abandonChild(task.childRun);
  batch.task(task);
  batch.mayBeOver.add(run);
  if (task.hook !== "") {
    batch.taskEvent(task, "hook.finished", finishedData(task));
    run.openHooks -= 1;
    return;
  }
  batch.taskEvent(task, "task.finished", finishedData(task));
  if (task.state === "failed" && task.spec.kind === "task" && task.error !== null)
    run.noteFailure(taskRunLabel(task.spec.id, task.item), task.error, batch.atMs);
  openHooks(world, task);
  const frame = task.frame as Frame;
  run.regions.get(frame)?.delete(task.slot);
  run.progress.settle(frame, task.slot, CODES[task.state as FinalTaskRunState]);
}

const CODES: Readonly<Record<FinalTaskRunState, FinalCode>> = {
  success: SUCCESS,
  failed: FAILED,
  skipped: SKIPPED,
  upstream_failed: UPSTREAM_FAILED,
  cancelled: CANCELLED,
};

function finishedData(task: ActiveTask): string {
  const ms = (task.endedAtMs ?? 0) - (task.startedAtMs ?? task.endedAtMs ?? 0);
  let data = `{"state":"${task.state}"`;
  if (ms > 0) data += `,"ms":${ms}`;
  if (task.cached) data += ',"cached":true';
  if (task.attempts > 1) data += `,"attempts":${task.attempts}`;
  if (task.hook !== "") data += `,"hook":"${task.hook}"`;
  if (task.list !== null) data += `,"items":${task.list.length}`;
  if (task.arm !== null) data += `,"arm":${JSON.stringify(task.arm)}`;
  if (task.error !== null) data += `,"error":${briefError(task.error)}`;
  return `${data}}`;
}

/** An error as events carry it; the whole stands in the task run's row. */
export function briefError(error: ErrorInfo): string {
  return JSON.stringify({ code: error.code, name: error.name, message: error.message.slice(0, 500) });
}
