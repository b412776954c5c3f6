import { findTree } from "./kill-tree.ts";
import { ofDeadExecutors } from "./mark.ts";

/** Processes that executors of this project left behind when their own process died; none of them on a sound machine. */
export function findLeftovers(projectDir: string): Promise<number[]> {
  return findTree({ filter: ofDeadExecutors(projectDir) });
}
