import { type BackfillChange, type BackfillRow, changedState, isMillraceError, MillraceError } from "@millrace/core";
import { answer, refuse } from "../answers.ts";
import type { StoredCommandOf } from "../command-handlers.ts";
import type { World } from "../world.ts";
import type { BackfillBook } from "./backfill-book.ts";
import { LiveBackfill } from "./live-backfill.ts";

/** Pauses, resumes or cancels a backfill, or repeats what failed in it. */
export function changeBackfill(
  world: World,
  backfills: BackfillBook,
  stored: StoredCommandOf<"change_backfill">,
): void {
  const { id, command } = stored;
  world.later(
    () => find(world, backfills, command),
    (found) => {
      try {
        change(backfills, found, { asked: command.change, atMs: world.batch.atMs });
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

async function find(
  world: World,
  backfills: BackfillBook,
  { backfill: id, change: asked }: StoredCommandOf<"change_backfill">["command"],
): Promise<Found> {
  const { store } = world.ports;
  const row = await store.triggers.findBackfill(id);
  if (row === undefined) {
    throw new MillraceError("UNKNOWN_BACKFILL", `There is no backfill ${id}.`, {
      hint: "millrace backfill list shows them.",
    });
  }
  const version = asked === "retry_failed" ? ((await store.activeVersion()) ?? row.version) : undefined;
  const retried = version === undefined ? null : { version, series: await backfills.seriesOf({ ...row, version }) };
  if (backfills.find(row.id) !== undefined) return { row, retried, load: null };
  const runs = await store.triggers.listBackfillRuns(row.id);
  const series = retried?.series ?? (await backfills.seriesOf(row));
  return { row, retried, load: (now) => new LiveBackfill(now, series, runs) };
}

interface Change {
  readonly asked: BackfillChange;
  readonly atMs: number;
}

function change(backfills: BackfillBook, { row, retried, load }: Found, { asked, atMs }: Change): void {
  const known = backfills.find(row.id);
  const before = known?.row ?? row;
  const state = changedState(before, asked);
  const live = known ?? load?.(before);
  // It ended between the look and this turn: whoever asked looks again.
  if (live === undefined) throw ended(before);
  if (retried !== null) live.retry(atMs, retried);
  live.row = { ...live.row, state, reason: null, endedAtMs: null };
  backfills.keep(live);
  backfills.write(live);
}

function ended({ id, state }: BackfillRow): MillraceError {
  return new MillraceError("BACKFILL_FINISHED", `The backfill ${id} has ended meanwhile: ${state}.`, {
    hint: `Look at it again: millrace backfill show ${id}.`,
  });
}
