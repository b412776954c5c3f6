import type { RunId } from "@millrace/core";
import { Backfills } from "./backfills/backfills.ts";
import { planRetry, type RetryAsked, type RetryPlan } from "./backfills/retry-plan.ts";
import { Batch } from "./batch.ts";
import type { RepeatPlan } from "./plans/plan-view.ts";
import { type PoolView, viewPools } from "./pools.ts";
import type { EngineOptions, EnginePorts } from "./ports.ts";
import { listenerOf } from "./progress-listener.ts";
import { readRun, restoreRun } from "./recovery.ts";
import { planRepeat, type Repeat } from "./repeats.ts";
import { explainRun, type WaitReason } from "./why.ts";
import { World } from "./world.ts";

/** Explains a run from the store alone, for a process that does not lead. */
export async function explainStored(
  ports: EnginePorts,
  pools: EngineOptions["pools"],
  run: RunId,
): Promise<readonly WaitReason[]> {
  return lookAtStored(ports, pools, (world) => {
    const active = world.runs.get(run);
    return active === undefined ? [] : explainRun(world, active);
  });
}

/** Pools with their holders and waiters, from the store alone. @param waiters how many of each pool to name. */
export async function poolsStored(
  ports: EnginePorts,
  pools: EngineOptions["pools"],
  waiters: number,
): Promise<readonly PoolView[]> {
  return lookAtStored(ports, pools, (world) => viewPools(world, waiters));
}

/** What a rerun or a mark would do, from the store alone. Throws what it would be refused with. */
export async function planStored(
  ports: EnginePorts,
  pools: EngineOptions["pools"],
  asked: { readonly command: Repeat; readonly actor: string },
): Promise<RepeatPlan> {
  const world = emptyWorld(ports, pools);
  await world.limits.load(ports.store.limits);
  try {
    return await planRepeat(world, asked.command, asked);
  } finally {
    world.stopAlarms();
  }
}

/** What retrying a backfill would do, from the store alone. Throws what it would be refused with. */
export async function retryStored(
  ports: EnginePorts,
  pools: EngineOptions["pools"],
  asked: RetryAsked,
): Promise<RetryPlan> {
  const world = emptyWorld(ports, pools);
  await world.limits.load(ports.store.limits);
  try {
    return await planRetry(world, new Backfills(world), asked);
  } finally {
    world.stopAlarms();
  }
}

/**
 * Puts the unfinished runs into a memory of its own, as a new leader would, looks at it, and writes nothing. Live attempts
 * are taken to be alive.
 */
async function lookAtStored<Seen>(
  ports: EnginePorts,
  pools: EngineOptions["pools"],
  look: (world: World) => Seen,
): Promise<Seen> {
  const world = emptyWorld(ports, pools);
  world.requestChild = () => {};
  await world.limits.load(ports.store.limits);
  const ids = await ports.store.unfinishedRuns();
  const recovered = await Promise.all(ids.map((id) => readRun(world, id)));
  world.beginTurn(new Batch(ports.clock.now()));
  for (const one of recovered) restoreRun(world, one, { isAlive: () => true, neverStarted: () => false });
  world.endTurn();
  const seen = look(world);
  for (const each of world.runs.values()) {
    each.cancelDeadline?.();
    for (const task of each.tasks) task.stopTimers();
  }
  world.stopAlarms();
  return seen;
}

function emptyWorld(ports: EnginePorts, pools: EngineOptions["pools"]): World {
  const world: World = new World(
    ports,
    { pools },
    {
      listen: (own) => listenerOf(world, own),
      enqueue: () => {},
      giveUp: () => {},
    },
  );
  return world;
}
