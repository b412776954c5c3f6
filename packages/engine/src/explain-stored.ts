import type { RunId } from "@millrace/core";
import { Batch } from "./batch.ts";
import { type PoolView, viewPools } from "./pools.ts";
import type { EngineOptions, EnginePorts } from "./ports.ts";
import { listenerOf } from "./progress-listener.ts";
import { readRun, restoreRun } from "./recovery.ts";
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

/**
 * Puts the unfinished runs into a memory of its own, as a new leader would, looks at it, and writes nothing. Live attempts
 * are taken to be alive.
 */
async function lookAtStored<Seen>(
  ports: EnginePorts,
  pools: EngineOptions["pools"],
  look: (world: World) => Seen,
): Promise<Seen> {
  const world: World = new World(
    ports,
    { pools },
    {
      listen: (own) => listenerOf(world, own),
      enqueue: () => {},
      giveUp: () => {},
    },
  );
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
