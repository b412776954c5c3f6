import type { RepeatPlan, Run } from "../../api/shapes.ts";

/** The code with which something is run again: that of today, or that of the run itself. */
export type Code = "today" | "own";

type Version = RepeatPlan["version"];

/** Whether a flow is another in a version, and not only the project around it. */
export function isOtherCode({ isSame, codeChanged, added, removed, changed }: Version): boolean {
  return !isSame && (codeChanged || added.length + removed.length + changed.length > 0);
}

/** What is chosen until somebody chooses: what failed was mended, and what went well is to go as it went. */
export function codeFirst({ state }: Pick<Run, "state">): Code {
  return state === "failed" ? "today" : "own";
}

/** `2 tasks changed, 1 new`; where only functions are others, no task can be named. */
export function changesText({ added, removed, changed }: Pick<Version, "added" | "removed" | "changed">): string {
  const parts = [
    changed.length === 0 ? "" : `${tasksText(changed.length)} changed`,
    added.length === 0 ? "" : `${changed.length === 0 ? tasksText(added.length) : added.length} new`,
    removed.length === 0
      ? ""
      : `${changed.length + added.length === 0 ? tasksText(removed.length) : removed.length} gone`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "its code changed" : parts.join(", ");
}

function tasksText(count: number): string {
  return count === 1 ? "1 task" : `${count} tasks`;
}
