import { MillraceError } from "@millrace/core";
import { answer, refuse } from "./answers.ts";
import type { StoredCommandOf } from "./command-handlers.ts";
import type { World } from "./world.ts";

/** Has a worker elsewhere take nothing new, or as much as before. The worker itself remembers it, whoever leads. */
export function drainWorker(world: World, { id, command }: StoredCommandOf<"drain_worker">): void {
  const { worker, isDraining } = command;
  world.later(
    async () => (await world.ports.executor.drainWorker?.(worker, isDraining)) === true,
    (isDone) => {
      if (isDone) answer(world, { id, ok: true, run: null });
      else refuse(world, id, unknownWorker(worker));
    },
    (error) => refuse(world, id, error),
  );
}

function unknownWorker(worker: string): MillraceError {
  return new MillraceError("UNKNOWN_WORKER", `No worker ${worker} is connected to the leader.`, {
    hint: "`millrace server status` shows those that are.",
  });
}
