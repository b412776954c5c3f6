import type { RunId } from "@millrace/core";
import { Batch } from "./batch.ts";
import type { EnginePorts } from "./ports.ts";
import { listenerOf } from "./progress-listener.ts";
import { readRun, restoreRun } from "./recovery.ts";
import { explainRun, type WaitReason } from "./why.ts";
import { World } from "./world.ts";

/**
 * Explains a run from the store alone, for a process that does not lead: puts the unfinished runs into a memory of its
 * own, as a new leader would, and writes nothing. Live attempts are taken to be alive.
 */
export async function explainStored(
  ports: EnginePorts,
  pools: Readonly<Record<string, number>>,
  run: RunId,
): Promise<readonly WaitReason[]> {
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
  const ids = await ports.store.unfinishedRuns();
  const recovered = await Promise.all(ids.map((id) => readRun(world, id)));
  world.beginTurn(new Batch(ports.clock.now()));
  for (const one of recovered) restoreRun(world, one, { isAlive: () => true, neverStarted: () => false });
  world.endTurn();
  const active = world.runs.get(run);
  const reasons = active === undefined ? [] : explainRun(world, active);
  for (const each of world.runs.values()) {
    each.cancelDeadline?.();
    for (const task of each.tasks) task.stopTimers();
  }
  return reasons;
}
