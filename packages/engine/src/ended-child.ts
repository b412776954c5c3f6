import { isFinalRunState, type ResumeInfo, ROOT_ITEM } from "@millrace/core";
import type { ActiveTask } from "./active-run.ts";
import { storedText } from "./inputs.ts";
import type { World } from "./world.ts";

/** The node index under which a run's own output and hooks stand. */
export const FLOW_NODE = -1;

/** A task run goes on after a run that it waited for, and how that ended must be read first. */
export function wantsEndedChild(task: ActiveTask): boolean {
  return task.hook === "" && task.waitsFor?.kind === "run" && task.childRun !== null && task.endedChild === null;
}

/** How the run that a task run waited for ended, and what it gave. */
export async function readEndedChild(world: World, task: ActiveTask): Promise<ResumeInfo["run"]> {
  const { store } = world.ports;
  const row = task.childRun === null ? undefined : await store.history.findRun(task.childRun);
  if (row === undefined || !isFinalRunState(row.state)) return null;
  const value = await store.findOutput(row.id, FLOW_NODE, ROOT_ITEM);
  const output = value === undefined || value.kind === "none" ? null : storedText(value, []);
  return { id: row.id, state: row.state, output };
}
