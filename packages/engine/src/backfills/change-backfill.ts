import { type BackfillRow, changedState, checkAtOnce, isMillraceError, MillraceError } from "@millrace/core";
import { answer, refuse } from "../answers.ts";
import type { StoredCommandOf } from "../command-handlers.ts";
import type { World } from "../world.ts";
import type { BackfillBook } from "./backfill-book.ts";
import { LiveBackfill } from "./live-backfill.ts";

type Change = StoredCommandOf<"change_backfill">["command"];
type Setting = StoredCommandOf<"set_backfill">["command"];

/** Pauses, resumes or cancels a backfill, or repeats what failed in it. */
export function changeBackfill(
  world: World,
  backfills: BackfillBook,
  stored: StoredCommandOf<"change_backfill">,
): void {
  apply(world, backfills, stored);
}

/** Says how many runs of a backfill are under way at once from now on. What is under way goes on. */
export function setBackfill(world: World, backfills: BackfillBook, stored: StoredCommandOf<"set_backfill">): void {
  apply(world, backfills, stored);
}

function apply(
  world: World,
  backfills: BackfillBook,
  { id, command }: StoredCommandOf<"change_backfill" | "set_backfill">,
): void {
  world.later(
    () => findBackfill(world, backfills, command),
    (found) => {
      try {
        const live = changed(found, { command, atMs: world.batch.atMs, known: backfills.find(found.row.id) });
        backfills.keep(live);
        backfills.write(live);
        answer(world, { id, ok: true, run: null, backfill: found.row.id });
      } catch (error) {
        if (!isMillraceError(error)) throw error;
        refuse(world, id, error);
      }
    },
    (error) => refuse(world, id, error),
  );
}

/** A backfill, and how to put it into memory where it is not: one that has ended may go on. */
interface Found {
  readonly row: BackfillRow;
  /** What it goes on with, where what failed is to be repeated. */
  readonly retried: Retried | null;
  readonly load: ((row: BackfillRow) => LiveBackfill) | null;
}

type Retried = Parameters<LiveBackfill["retry"]>[1];

/** @throws MillraceError `UNKNOWN_BACKFILL`, and `UNKNOWN_PARTITION` where the flow is cut in another way now. */
export async function findBackfill(
  world: World,
  backfills: Pick<BackfillBook, "find" | "seriesOf">,
  command: Change | Setting,
): Promise<Found> {
  const { store } = world.ports;
  const { backfill: id } = command;
  const row = await store.triggers.findBackfill(id);
  if (row === undefined) {
    throw new MillraceError("UNKNOWN_BACKFILL", `There is no backfill ${id}.`, {
      hint: "millrace backfill list shows them.",
    });
  }
  const isRetry = command.kind === "change_backfill" && command.change === "retry_failed";
  const version = isRetry ? ((await store.activeVersion()) ?? row.version) : undefined;
  const retried = version === undefined ? null : { version, series: await backfills.seriesOf({ ...row, version }) };
  if (backfills.find(row.id) !== undefined) return { row, retried, load: null };
  const runs = await store.triggers.listBackfillRuns(row.id);
  const series = retried?.series ?? (await backfills.seriesOf(row));
  return { row, retried, load: (now) => new LiveBackfill(now, series, runs) };
}

interface Asked {
  readonly command: Change | Setting;
  readonly atMs: number;
  /** As it is in memory. */
  readonly known: LiveBackfill | undefined;
}

/** A backfill as it goes on after somebody's wish. The one way to that, whether it is then shown or written. */
export function changed({ row, retried, load }: Found, { command, atMs, known }: Asked): LiveBackfill {
  const before = known?.row ?? row;
  if (command.kind === "set_backfill") checkAtOnce(before, command.maxActiveRuns);
  const state = command.kind === "set_backfill" ? before.state : changedState(before, command.change);
  const live = known ?? load?.(before);
  // It ended between the look and this turn: whoever asked looks again.
  if (live === undefined) throw ended(before);
  if (command.kind === "set_backfill") {
    live.row = { ...live.row, atOnce: command.maxActiveRuns };
    return live;
  }
  if (retried !== null) live.retry(atMs, retried);
  live.row = { ...live.row, state, reason: null, endedAtMs: null };
  return live;
}

function ended({ id, state }: BackfillRow): MillraceError {
  return new MillraceError("BACKFILL_FINISHED", `The backfill ${id} has ended meanwhile: ${state}.`, {
    hint: `Look at it again: millrace backfill show ${id}.`,
  });
}
