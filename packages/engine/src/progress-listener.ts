import type { ProgressListener } from "@millrace/core";
import type { ActiveRun } from "./active-run.ts";
import { completeRegion, decideTask, readyRegion } from "./regions.ts";
import { allNodesEnded } from "./runs.ts";
import { readyTask } from "./tasks.ts";
import type { World } from "./world.ts";

/** Does what the progress of a run says, right away, within the turn that is running. */
export function listenerOf(world: World, run: ActiveRun): ProgressListener {
  return {
    ready: (frame, slot) => {
      if (run.flow.spec.nodes[frame.nodeAt(slot)]?.kind === "task") readyTask(world, run, { frame, slot });
      else readyRegion(world, run, { frame, slot });
    },
    decided: (frame, slot, state) => decideTask(world, run, { frame, slot, state }),
    complete: (frame, slot, outcome) => {
      const region = run.regionAt(frame, slot);
      if (region !== undefined) completeRegion(world, region, outcome);
    },
    finished: (outcome) => allNodesEnded(world, run, outcome),
  };
}
