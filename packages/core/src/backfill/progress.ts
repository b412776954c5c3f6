import { MillraceError } from "../errors/millrace-error.ts";
import type { BackfillChange } from "../ports/commands.ts";
import type { SliceRun } from "../ports/triggers.ts";
import type { BackfillPlan, BackfillRequest, BackfillRow, BackfillState } from "./backfill.ts";
import { MAX_AT_ONCE } from "./limits.ts";

/** Whether a backfill has come to its end. */
export function isFinalBackfillState(state: BackfillState): boolean {
  return state === "success" || state === "failed" || state === "cancelled";
}

/**
 * The state of a backfill, of which nothing is under way and nothing to be repeated any more; undefined while it has
 * runs to make.
 */
export function backfillEnd(
  row: Pick<BackfillRow, "state" | "made" | "plan" | "failed" | "cancelled">,
): "success" | "failed" | "cancelled" | undefined {
  if (row.state === "cancelling") return "cancelled";
  if (row.made < row.plan.runs) return undefined;
  return row.failed + row.cancelled > 0 ? "failed" : "success";
}

/**
 * The state after somebody's wish.
 *
 * @throws MillraceError `BACKFILL_FINISHED` for what an ended one cannot do, `INVALID_BACKFILL` where nothing has failed.
 */
export function changedState(row: BackfillRow, change: BackfillChange): BackfillState {
  if (change === "retry_failed") return retriedState(row);
  if (isFinalBackfillState(row.state) || row.state === "cancelling") {
    throw new MillraceError("BACKFILL_FINISHED", `The backfill ${row.id} is ${row.state}.`, {
      hint: `\`millrace backfill retry ${row.id}\` repeats what failed in it.`,
    });
  }
  if (change === "cancel") return "cancelling";
  if (change === "resume" && isBlocked(row)) {
    throw new MillraceError(
      "INVALID_BACKFILL",
      `What comes next in the backfill ${row.id} depends on a run that failed.`,
      {
        hint: `\`millrace backfill retry ${row.id}\` repeats it and goes on.`,
      },
    );
  }
  return change === "pause" ? "paused" : "running";
}

function retriedState(row: BackfillRow): BackfillState {
  if (row.state === "cancelling") {
    throw new MillraceError("BACKFILL_FINISHED", `The backfill ${row.id} is being cancelled.`, {
      hint: "Retry it when its last runs have ended.",
    });
  }
  if (row.failed + row.cancelled === 0 && row.made === row.plan.runs) {
    throw new MillraceError("INVALID_BACKFILL", `Nothing has failed in the backfill ${row.id}.`, {
      hint: `\`millrace backfill show ${row.id}\` lists its runs.`,
    });
  }
  return row.state === "paused" && !isBlocked(row) ? "paused" : "running";
}

/** Whether runs are still to be made which depend on one that did not succeed. */
export function isBlocked({
  plan,
  made,
  failed,
  cancelled,
}: Pick<BackfillRow, "plan" | "made" | "failed" | "cancelled">): boolean {
  return plan.chained && made < plan.runs && failed + cancelled > 0;
}

/** How many runs of a backfill are under way at once, at most. */
export function runsAtOnce(
  plan: Pick<BackfillPlan, "chained">,
  { maxActiveRuns }: Pick<BackfillRequest, "maxActiveRuns">,
): number {
  return plan.chained ? 1 : maxActiveRuns;
}

/** The same of one that was begun: somebody may have said otherwise since. */
export function backfillAtOnce({ plan, request, atOnce }: Pick<BackfillRow, "plan" | "request" | "atOnce">): number {
  return runsAtOnce(plan, { maxActiveRuns: atOnce ?? request.maxActiveRuns });
}

/**
 * Checks a wish for so many runs at once.
 *
 * @throws MillraceError `BACKFILL_FINISHED` for one that makes no runs any more, `INVALID_BACKFILL` where so many cannot be.
 */
export function checkAtOnce(row: Pick<BackfillRow, "id" | "state" | "plan">, atOnce: number): void {
  if (isFinalBackfillState(row.state) || row.state === "cancelling") {
    throw new MillraceError("BACKFILL_FINISHED", `The backfill ${row.id} is ${row.state}.`, {
      hint: "How many runs are under way at once can be changed of one that runs or is paused.",
    });
  }
  if (row.plan.chained) {
    throw new MillraceError("INVALID_BACKFILL", `The runs of the backfill ${row.id} depend on each other.`, {
      hint: "They are made one by one, each when the one before has succeeded.",
    });
  }
  if (Number.isSafeInteger(atOnce) && atOnce >= 1 && atOnce <= MAX_AT_ONCE) return;
  throw new MillraceError("INVALID_BACKFILL", `A backfill cannot have ${atOnce} runs at once.`, {
    hint: `It is a whole number, from 1 to ${MAX_AT_ONCE}.`,
  });
}

/** What has become of a backfill's runs: one for each family, its newest. */
export interface BackfillCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Families that are still to be repeated: failed or cancelled, and older than the wish to retry them. */
  readonly toRetry: readonly SliceRun[];
}

/** @param runs of the backfill, reruns too, in the order in which they were made. */
export function countBackfillRuns(runs: readonly SliceRun[], retriedAtMs: number | null): BackfillCounts {
  const newest = new Map<string, SliceRun>();
  for (const run of runs) newest.set(run.rootRun, run);
  const families = Array.from(newest.values());
  const inState = (state: SliceRun["state"]): readonly SliceRun[] => families.filter((run) => run.state === state);
  const [failed, cancelled] = [inState("failed"), inState("cancelled")];
  return {
    succeeded: inState("success").length,
    failed: failed.length,
    cancelled: cancelled.length,
    toRetry:
      retriedAtMs === null ? [] : [...failed, ...cancelled].filter(({ createdAtMs }) => createdAtMs < retriedAtMs),
  };
}

/**
 * How long so many runs take, so many at once, when they take as long as runs of the past; undefined without a past.
 *
 * @param durationsMs of runs that ended well.
 */
export function estimateMs(
  durationsMs: readonly number[],
  work: { readonly runs: number; readonly atOnce: number },
): number | undefined {
  if (durationsMs.length === 0) return undefined;
  const mean = durationsMs.reduce((sum, each) => sum + each, 0) / durationsMs.length;
  return Math.round((mean * work.runs) / Math.max(1, Math.min(work.atOnce, work.runs)));
}
