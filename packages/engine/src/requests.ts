import {
  MillraceError,
  makeRunId,
  type RunId,
  type RunRow,
  type RunTrigger,
  type StoredCommand,
  type VersionId,
} from "@millrace/core";
import { ActiveRun } from "./active-run.ts";
import type { LoadedFlow } from "./loaded-flow.ts";
import { refuseTooLarge } from "./pools.ts";
import { excludeAndReuse, planFirstRun, planRerunOf, type RunPlan, WHOLE_FLOW } from "./run-plans.ts";
import { coveredBy } from "./run-window.ts";
import type { RunWish } from "./run-wish.ts";
import { openRun } from "./runs.ts";
import type { World } from "./world.ts";

/** The run that a wish became. */
export interface RunMade {
  readonly run: RunId;
  /** False: it was made before, for the same idempotency key. */
  readonly isNew: boolean;
}

/** What becomes of a wish. All of it is called inside a turn of the loop. */
export interface WishAsked {
  /** Looked at right before the run is made: false makes nothing, and says nothing more. Defaults to yes. */
  readonly isWanted?: () => boolean;
  /** The run is in this turn's batch: whatever is written beside it is written in the same commit. */
  readonly made: (made: RunMade) => void;
  /** It cannot be made: the flow is not there, its parameters do not parse, … */
  readonly failed: (error: unknown) => void;
}

/**
 * The one door through which runs are made. Flow, parameters and plan are looked up outside the loop; the run is made in
 * a later turn. When that turn's commit fails, nothing was made and nobody is told: what asked is read from the store
 * again, and asks again if it still wants it.
 */
export function requestRun(world: World, wish: RunWish, asked: WishAsked): void {
  consult(world, () => prepareRun(world, wish), asked);
}

/** Repeats a run that has ended, or part of it. */
export function requestRerun(world: World, command: Rerun, asked: WishAsked & { readonly actor: string }): void {
  consult(world, () => prepareRerun(world, command, { kind: "rerun", actor: asked.actor }), asked);
}

/** A run that is to be made, with what it takes over; or one that was made before, for the same key. */
type Prepared =
  | { readonly kind: "known"; readonly run: RunId }
  | { readonly kind: "new"; readonly row: RunRow; readonly flow: LoadedFlow; readonly plan: RunPlan };

export type Rerun = StoredCommand["command"] & { readonly kind: "rerun" };

/** Prepares a run from what the store has of the past; once more when any of that was forgotten meanwhile. */
function consult(world: World, prepare: () => Promise<Prepared>, asked: WishAsked): void {
  const reading = world.readings.begin();
  world.later(
    async () => {
      if (reading.begun !== undefined) await reading.begun;
      return await prepare();
    },
    (prepared) => {
      reading.end();
      if (reading.hasLost(basesOf(prepared))) consult(world, prepare, asked);
      else if (asked.isWanted?.() !== false) asked.made(open(world, prepared));
    },
    (error) => {
      reading.end();
      if (reading.hasLostAny) consult(world, prepare, asked);
      else asked.failed(error);
    },
  );
}

/** Former runs that it is made from. */
function basesOf(prepared: Prepared): readonly RunId[] {
  if (prepared.kind === "known") return [prepared.run];
  const { row, plan } = prepared;
  return [row.rerunOf, plan.base].filter((run) => run !== null);
}

function open(world: World, prepared: Prepared): RunMade {
  if (prepared.kind === "known") return { run: prepared.run, isNew: false };
  const { row, flow, plan } = prepared;
  const known = row.idempotencyKey === null ? undefined : world.keys.get(row.idempotencyKey);
  if (known !== undefined) return { run: known, isNew: false };
  const run = new ActiveRun(row, flow, world);
  if (row.idempotencyKey !== null) world.keys.set(row.idempotencyKey, run.id);
  excludeAndReuse(world, run, plan);
  openRun(world, run);
  return { run: run.id, isNew: true };
}

async function prepareRun(world: World, wish: RunWish): Promise<Prepared> {
  const { store } = world.ports;
  if (wish.idempotencyKey !== null) {
    const known = await store.findRunByIdempotencyKey(wish.idempotencyKey);
    if (known !== undefined) return { kind: "known", run: known };
  }
  const flow = await world.flow(await versionOf(world, wish.version), wish.flow);
  refuseTooLarge(world, flow);
  const parsed = await world.ports.definitions.parseParams(flow.version, flow.spec.name, wish.params);
  const plan = wish.selection === null ? WHOLE_FLOW : await planFirstRun(world, flow, wish.selection);
  const { window, slice } = await coveredBy(world, flow, wish);
  const row = newRow(world, flow, {
    params: parsed.params,
    concurrencyKey: parsed.concurrencyKey,
    taskKeys: parsed.taskKeys ?? null,
    class: wish.class,
    window,
    scheduledAtMs: wish.scheduledAtMs,
    slice,
    backfill: wish.backfill,
    trigger: wish.trigger,
    idempotencyKey: wish.idempotencyKey,
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

async function prepareRerun(world: World, command: Rerun, trigger: RunTrigger): Promise<Prepared> {
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
  | "window"
  | "backfill"
  | "trigger"
  | "idempotencyKey"
  | "selection"
  | "rerunOf";
type NewRun = Pick<RunRow, Asked> & {
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
    rootRun: asked.rootRun ?? id,
    createdAtMs: atMs,
    startedAtMs: null,
    endedAtMs: null,
    error: null,
    settled: false,
    cancelRequested: false,
  };
}

export function unknownRun(run: string): MillraceError {
  return new MillraceError("UNKNOWN_RUN", `there is no run ${run}`, { hint: "millrace runs lists them." });
}
