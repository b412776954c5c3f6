import {
  type BackfillId,
  type BackfillRow,
  backfillAtOnce,
  isMillraceError,
  type MillraceError,
  type RunId,
  type SliceRun,
  type VersionId,
} from "@millrace/core";
import type { RepeatPlan } from "../plans/plan-view.ts";
import { planRepeat } from "../repeats.ts";
import type { World } from "../world.ts";
import type { BackfillBook } from "./backfill-book.ts";
import { changed, findBackfill } from "./change-backfill.ts";

/** What retrying a backfill would do, for those who decide about it. */
export interface RetryPlan {
  readonly version: VersionId;
  /** With which it was made, or retried last. */
  readonly formerVersion: VersionId;
  /** `paused`: it stays so, and repeats when it is resumed. */
  readonly state: BackfillRow["state"];
  readonly atOnce: number;
  /** Runs to be repeated, in all, and those that were never made and would be. */
  readonly repeated: number;
  readonly toCome: number;
  /** The first of those to be repeated, in the order in which that happens, with what becomes of their tasks. */
  readonly runs: readonly PlannedRetry[];
}

/** Of which backfill, who asks, and how many of its runs are looked at. */
export interface RetryAsked {
  readonly backfill: BackfillId;
  readonly actor: string;
  readonly most: number;
}

export interface PlannedRetry {
  readonly run: SliceRun;
  /** Why this one would stay as it is, instead. */
  readonly plan: RepeatPlan | MillraceError;
}

/** How a backfill repeats a run of its own. */
export function repeatOf({ version }: Pick<BackfillRow, "version">, run: RunId) {
  return { kind: "rerun", run, selection: { kind: "failed" }, version } as const;
}

/**
 * Goes the way of the act itself, and writes nothing: the backfill is read from the store into a memory of its own.
 *
 * @throws MillraceError what retrying would be refused with.
 */
export async function planRetry(
  world: World,
  backfills: Pick<BackfillBook, "seriesOf">,
  { backfill, actor, most }: RetryAsked,
): Promise<RetryPlan> {
  const command = { kind: "change_backfill", backfill, change: "retry_failed" } as const;
  const book = { find: () => undefined, seriesOf: backfills.seriesOf.bind(backfills) };
  const found = await findBackfill(world, book, command);
  const { row, toRetry } = changed(found, { command, atMs: world.ports.clock.now(), known: undefined });
  const order = toRetry.toReversed();
  const runs = new Map((await world.ports.store.triggers.listBackfillRuns(backfill)).map((run) => [run.id, run]));
  const first = order.slice(0, most).flatMap((id) => runs.get(id) ?? []);
  const planned: PlannedRetry[] = [];
  for (const run of first) planned.push({ run, plan: await planOne(world, repeatOf(row, run.id), actor) });
  return {
    version: row.version,
    formerVersion: found.row.version,
    state: row.state,
    atOnce: backfillAtOnce(row),
    repeated: order.length,
    toCome: row.plan.runs - row.made,
    runs: planned,
  };
}

async function planOne(
  world: World,
  command: ReturnType<typeof repeatOf>,
  actor: string,
): Promise<RepeatPlan | MillraceError> {
  try {
    return await planRepeat(world, command, { actor });
  } catch (error) {
    if (isMillraceError(error)) return error;
    throw error;
  }
}
