import { BLANK_TASK_RUN, errorInfo, type MarkState, type RunId, type TaskRunRow } from "@millrace/core";
import type { FormerRow } from "./former-run.ts";
import type { TakenRow } from "./run-plan.ts";

/** What somebody says of tasks. */
export interface Mark {
  readonly as: MarkState;
  readonly reason: string | null;
  readonly actor: string;
  readonly atMs: number;
}

type Place = Pick<TaskRunRow, "node" | "item">;

/** A task run as it will stand in a run that takes it over. */
export function takenRow({ row, from, nodeBefore }: FormerRow): TakenRow {
  const taken = {
    ...row,
    reusedFrom: row.reusedFrom ?? from,
    tries: 0,
    crashes: 0,
    resumes: 0,
    childRun: null,
    // What it waited for, and what a person said, is told once: of the run in which that was.
    carry: null,
    waitsFor: null,
    resumeAtMs: null,
    // Why it failed is why it still counts as failed.
    error: row.state === "failed" ? row.error : null,
  };
  return { row: taken, output: row.state === "success" ? { run: from, node: nodeBefore } : null };
}

/** What was cancelled before it began was never written down, and has a row once another run takes it over. */
export function cancelledRow(from: RunId, place: Place): TakenRow {
  return { row: { ...BLANK_TASK_RUN, ...place, run: from, state: "cancelled", reusedFrom: from }, output: null };
}

/** A task run that somebody said the end of. It has no output. */
export function markedRow({ as, reason, actor, atMs }: Mark, place: Place): TakenRow {
  const error = as === "failed" ? errorInfo("MARKED", `marked as failed by ${actor}${because(reason)}`) : null;
  const row = { ...BLANK_TASK_RUN, ...place, run: "" as RunId, state: as, readyAtMs: atMs, endedAtMs: atMs, error };
  return { row, output: null };
}

function because(reason: string | null): string {
  return reason === null ? "" : `: ${reason}`;
}
