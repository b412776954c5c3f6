import type { RunId } from "@millrace/core";
import { ActiveRun } from "./active-run.ts";
import { newRow, type Prepared, versionOf } from "./new-run.ts";
import { applyPlan } from "./plans/apply-plan.ts";
import { planFirstRun } from "./plans/first-run.ts";
import { readOutputs, WHOLE_FLOW } from "./plans/run-plan.ts";
import { refuseTooLarge } from "./pools.ts";
import { prepareRepeat, type Repeat } from "./repeats.ts";
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

/** Repeats a run that has ended, or part of it; or makes one in which tasks of it are marked. */
export function requestRepeat(world: World, command: Repeat, asked: WishAsked & { readonly actor: string }): void {
  consult(world, () => prepareRepeat(world, command, asked), asked);
}

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
  const { row, flow } = prepared;
  const known = row.idempotencyKey === null ? undefined : world.keys.get(row.idempotencyKey);
  if (known !== undefined) return { run: known, isNew: false };
  const run = new ActiveRun(row, flow, world);
  if (row.idempotencyKey !== null) world.keys.set(row.idempotencyKey, run.id);
  applyPlan(world, run, prepared);
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
  return { kind: "new", row, flow, plan, outputs: await readOutputs(world, plan) };
}
