import type { RouteOutput } from "@millrace/contract";
import type { TaskRun } from "../../api/shapes.ts";
import { taskState } from "../../ui/states.ts";

/** What a task of a run waits for, or does. */
export type Waiting = RouteOutput<"explainRun">["items"][number];

/**
 * Why a task run goes on not having ended, where there is anything to say. That it runs, and for how long, is shown by a
 * clock beside it; who is asked reads the question.
 */
export function reasonOf(row: TaskRun | undefined, reason: string | undefined): string | undefined {
  if (row === undefined) return reason;
  if (row.endedAt !== null || row.hook !== "") return undefined;
  if (row.state === "running" && row.itemCount === null && row.arm === null) return undefined;
  return taskState(row) === "awaiting_input" ? undefined : reason;
}
