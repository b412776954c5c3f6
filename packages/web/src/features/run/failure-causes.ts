import type { TaskRun } from "../../api/shapes.ts";

/** Task runs that failed by themselves, and what failed because of them. */
export interface Failures {
  readonly causes: readonly TaskRun[];
  /** Maps and branches that ran and failed with what they hold: `the branch when (its arm then)`. */
  readonly effects: readonly string[];
}

/** What failed, the causes apart from their effects. Where nothing else failed, a map or a branch is the cause itself. */
export function failuresOf(taskRuns: readonly TaskRun[]): Failures {
  const failed = taskRuns.filter(({ state, hook }) => state === "failed" && hook === "");
  const causes = failed.filter(({ itemCount, arm }) => itemCount === null && arm === null);
  if (causes.length === 0) return { causes: failed, effects: [] };
  return { causes, effects: failed.flatMap(effectText) };
}

function effectText({ task, itemCount, arm }: TaskRun): string[] {
  if (arm !== null) return [`the branch ${task} (its arm ${arm})`];
  return itemCount === null ? [] : [`the map ${task}`];
}
