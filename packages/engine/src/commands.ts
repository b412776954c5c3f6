import {
  type CommandAnswer,
  type CommandId,
  MillraceError,
  makeRunId,
  type PruneCounts,
  type RunId,
  type RunRow,
  type RunTrigger,
  type StoredCommand,
  toErrorInfo,
  type VersionId,
  type Window,
} from "@millrace/core";
import { ActiveRun, type ActiveTask } from "./active-run.ts";
import type { LoadedFlow } from "./loaded-flow.ts";
import { changePool, refuseTooLarge } from "./pools.ts";
import { applyForwarded } from "./reports.ts";
import { excludeAndReuse, planFirstRun, planRerunOf, type RunPlan, WHOLE_FLOW } from "./run-plans.ts";
import { childEnded, openRun, stopRun } from "./runs.ts";
import { failTask } from "./tasks.ts";
import type { World } from "./world.ts";

/** Begins to work on a command; one that is under way already is left alone. Its answer is written with its effect. */
export function applyCommand(world: World, stored: StoredCommand): void {
  if (world.commands.has(stored.id)) return;
  world.commands.add(stored.id);
  const { command } = stored;
  switch (command.kind) {
    case "cancel_run":
      cancel(world, stored.id, command.run);
      return;
    case "request_run":
      answerWith(world, stored.id, () => requestRun(world, command, { kind: "manual", actor: stored.actor }));
      return;
    case "rerun":
      answerWith(world, stored.id, () => rerun(world, command, { kind: "rerun", actor: stored.actor }));
      return;
    case "set_pool":
    case "delete_pool":
      answerAtOnce(world, stored.id, () => changePool(world, { ...stored, command }));
      return;
    case "prune":
      world.prune(stored.id, command);
      return;
    case "report_attempt":
      applyForwarded(world, command.report, {
        answer: (attempt) => answer(world, { id: stored.id, ok: true, run: command.report.run, attempt }),
        forget: () => world.commands.delete(stored.id),
      });
      return;
  }
}

/** A run that is to be made, with what it takes over; or one that was made before, for the same key. */
type Request =
  | { readonly kind: "known"; readonly run: RunId }
  | { readonly kind: "new"; readonly row: RunRow; readonly flow: LoadedFlow; readonly plan: RunPlan };

type RequestRun = StoredCommand["command"] & { readonly kind: "request_run" };
type Rerun = StoredCommand["command"] & { readonly kind: "rerun" };

function answerWith(world: World, id: CommandId, request: () => Promise<Request>): void {
  consult(world, request, {
    made: (made) => answer(world, { id, ok: true, run: open(world, made) }),
    failed: (error) => answer(world, { id, ok: false, error: toErrorInfo(error) }),
  });
}

interface Consulted {
  readonly made: (made: Request) => void;
  readonly failed: (error: unknown) => void;
}

/** Prepares a run from what the store has of the past; once more when any of that was forgotten meanwhile. */
function consult(world: World, request: () => Promise<Request>, consulted: Consulted): void {
  const reading = world.readings.begin();
  world.later(
    async () => {
      if (reading.begun !== undefined) await reading.begun;
      return await request();
    },
    (made) => {
      reading.end();
      if (reading.hasLost(basesOf(made))) consult(world, request, consulted);
      else consulted.made(made);
    },
    (error) => {
      reading.end();
      if (reading.hasLostAny) consult(world, request, consulted);
      else consulted.failed(error);
    },
  );
}

/** A command that needs nothing but memory. Its refusals are what it throws. */
function answerAtOnce(world: World, id: CommandId, act: () => void): void {
  try {
    act();
    answer(world, { id, ok: true, run: null });
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    answer(world, { id, ok: false, error: toErrorInfo(error) });
  }
}

/** Former runs that it is made from. */
function basesOf(made: Request): readonly RunId[] {
  if (made.kind === "known") return [made.run];
  const { row, plan } = made;
  return [row.rerunOf, plan.base].filter((run) => run !== null);
}

/** Answers a prune, which is about no run. */
export function answerPrune(world: World, id: CommandId, pruned: PruneCounts | MillraceError): void {
  if (pruned instanceof MillraceError) answer(world, { id, ok: false, error: toErrorInfo(pruned) });
  else answer(world, { id, ok: true, run: null, pruned });
}

function answer(world: World, given: CommandAnswer): void {
  world.batch.answer(given);
  // Once it is durable it is no longer among the pending ones, and need not be remembered.
  world.batch.effect(() => world.commands.delete(given.id));
}

function open(world: World, made: Request): RunId {
  if (made.kind === "known") return made.run;
  const known = made.row.idempotencyKey === null ? undefined : world.keys.get(made.row.idempotencyKey);
  if (known !== undefined) return known;
  const run = new ActiveRun(made.row, made.flow, world);
  if (made.row.idempotencyKey !== null) world.keys.set(made.row.idempotencyKey, run.id);
  excludeAndReuse(world, run, made.plan);
  openRun(world, run);
  return run.id;
}

async function requestRun(world: World, command: RequestRun, trigger: RunTrigger): Promise<Request> {
  const { store } = world.ports;
  if (command.idempotencyKey !== null) {
    const known = await store.findRunByIdempotencyKey(command.idempotencyKey);
    if (known !== undefined) return { kind: "known", run: known };
  }
  const flow = await world.flow(await versionOf(world, command.version), command.flow);
  refuseTooLarge(world, flow);
  const parsed = await world.ports.definitions.parseParams(flow.version, flow.spec.name, command.params);
  const plan = command.selection === null ? WHOLE_FLOW : await planFirstRun(world, flow, command.selection);
  const row = newRow(world, flow, {
    params: parsed.params,
    concurrencyKey: parsed.concurrencyKey,
    taskKeys: parsed.taskKeys ?? null,
    class: command.class ?? "live",
    window: command.window,
    scheduledAtMs: null,
    slice: command.slice ?? null,
    backfill: null,
    trigger,
    idempotencyKey: command.idempotencyKey,
    selection: plan.selection,
    rerunOf: null,
    rootRun: null,
  });
  return { kind: "new", row, flow, plan };
}

async function versionOf(world: World, asked: VersionId | null): Promise<VersionId> {
  const version = asked ?? (await world.ports.store.activeVersion());
  if (version !== undefined) return version;
  throw new MillraceError("UNKNOWN_VERSION", "the project has no active version", {
    hint: "millrace check builds one, and says what keeps it from being built.",
  });
}

async function rerun(world: World, command: Rerun, trigger: RunTrigger): Promise<Request> {
  const { store } = world.ports;
  const known = await store.history.findRun(command.run);
  if (known === undefined) throw unknownRun(command.run);
  if (!known.settled || world.runs.has(known.id)) {
    throw new MillraceError("RUN_ACTIVE", `run ${known.id} is still ${known.state}`, {
      hint: "Wait for its end, or cancel it first.",
    });
  }
  const former = await store.loadRun(known.id);
  const version = command.version === "same" ? former.run.version : await versionOf(world, command.version);
  const flow = await world.flow(version, former.run.flow);
  refuseTooLarge(world, flow);
  const plan = await planRerunOf(world, { flow, former }, command.selection);
  const row = newRow(world, flow, {
    params: former.run.params,
    concurrencyKey: former.run.concurrencyKey,
    taskKeys: await keysOf(world, flow, former.run),
    class: former.run.class,
    window: former.run.window,
    scheduledAtMs: former.run.scheduledAtMs,
    slice: former.run.slice,
    backfill: former.run.backfill,
    trigger,
    idempotencyKey: null,
    selection: plan.selection,
    rerunOf: former.run.id,
    rootRun: former.run.rootRun,
  });
  return { kind: "new", row, flow, plan };
}

/** Another version may have other keys; they are made from parameters that are complete already. */
async function keysOf(world: World, flow: LoadedFlow, { taskKeys, params }: RunRow): Promise<readonly string[] | null> {
  if (flow.spec.policies.taskKeys === (taskKeys?.length ?? 0)) return taskKeys;
  const parsed = await world.ports.definitions.parseParams(flow.version, flow.spec.name, params);
  return parsed.taskKeys ?? null;
}

type Asked =
  | "params"
  | "concurrencyKey"
  | "taskKeys"
  | "class"
  | "scheduledAtMs"
  | "slice"
  | "backfill"
  | "trigger"
  | "idempotencyKey"
  | "selection"
  | "rerunOf";
type NewRun = Pick<RunRow, Asked> & {
  readonly window: Window | null;
  readonly rootRun: RunId | null;
};

function newRow(world: World, flow: LoadedFlow, asked: NewRun): RunRow {
  const atMs = world.ports.clock.now();
  const id = makeRunId(atMs, world.ports.chance);
  return {
    ...asked,
    id,
    flow: flow.spec.name,
    version: flow.version,
    state: "queued",
    window: asked.window ?? { startMs: atMs, endMs: atMs },
    rootRun: asked.rootRun ?? id,
    createdAtMs: atMs,
    startedAtMs: null,
    endedAtMs: null,
    error: null,
    settled: false,
    cancelRequested: false,
  };
}

function cancel(world: World, id: CommandId, run: RunId): void {
  const active = world.runs.get(run);
  if (active?.isOver === false) {
    stopRun(world, active, null);
    answer(world, { id, ok: true, run });
    return;
  }
  world.later(
    () => world.ports.store.history.findRun(run),
    (row) => {
      const error =
        row === undefined
          ? unknownRun(run)
          : new MillraceError("RUN_FINISHED", `run ${row.id} has ended: ${row.state}`);
      answer(world, { id, ok: false, error: toErrorInfo(error) });
    },
    (error) => answer(world, { id, ok: false, error: toErrorInfo(error) }),
  );
}

function unknownRun(run: string): MillraceError {
  return new MillraceError("UNKNOWN_RUN", `there is no run ${run}`, { hint: "millrace runs lists them." });
}

/** Makes the run that a deferred task waits for. The same request makes the same run, also after a crash. */
export function requestChild(world: World, task: ActiveTask, command: RequestRun): void {
  const trigger: RunTrigger = { kind: "flow_run", run: task.run.id, node: task.node, item: task.item };
  consult(world, () => requestRun(world, command, trigger), {
    made: (made) => {
      if (!task.run.tasks.has(task)) return;
      const id = open(world, made);
      task.childRun = id;
      world.batch.task(task);
      world.batch.taskEvent(task, "task.deferred", `{"childRun":"${id}"}`);
      awaitChild(world, task, id);
    },
    failed: (error) => failTask(world, task, toErrorInfo(error)),
  });
}

/** Waits for a run that exists: one in memory wakes the task when it ends, any other has ended already. */
export function awaitChild(world: World, task: ActiveTask, child: RunId): void {
  world.waitingFor.set(child, task);
  // One that is over may still be in memory, for its hooks.
  const isUnderWay = (): boolean => world.runs.get(child)?.isOver === false;
  if (isUnderWay()) return;
  world.later(
    () => world.ports.store.history.findRun(child),
    (row) => {
      if (row !== undefined && world.waitingFor.get(child) === task && !isUnderWay()) childEnded(world, task, row);
    },
    (error) => failTask(world, task, toErrorInfo(error)),
  );
}
