import { type Command, type RunId, toErrorInfo } from "@millrace/core";
import type { ActiveTask } from "./active-run.ts";
import { requestRun } from "./requests.ts";
import { childEnded } from "./runs.ts";
import { failTask } from "./tasks.ts";
import { wishOf } from "./wish-of-command.ts";
import type { World } from "./world.ts";

/** Makes the run that a deferred task waits for. The same request makes the same run, also after a crash. */
export function requestChild(
  world: World,
  task: ActiveTask,
  command: Command & { readonly kind: "request_run" },
): void {
  const trigger = { kind: "flow_run", run: task.run.id, node: task.node, item: task.item } as const;
  requestRun(world, wishOf(command, trigger), {
    isWanted: () => task.run.tasks.has(task),
    made: ({ run }) => {
      task.childRun = run;
      world.batch.task(task);
      world.batch.taskEvent(task, "task.deferred", `{"childRun":"${run}"}`);
      awaitChild(world, task, run);
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
