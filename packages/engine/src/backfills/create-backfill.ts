import {
  type BackfillId,
  type BackfillRequest,
  type BackfillRow,
  isMillraceError,
  MillraceError,
  makeRunId,
} from "@millrace/core";
import { askedWindow, type BackfillSeries, backfillSeries, overlaps, planBackfill } from "@millrace/core/time";
import { answer, refuse } from "../answers.ts";
import type { StoredCommandOf } from "../command-handlers.ts";
import type { World } from "../world.ts";
import type { BackfillBook } from "./backfill-book.ts";
import { LiveBackfill } from "./live-backfill.ts";

/** Plans a backfill outside the loop; it is there, with its first runs asked for, when its plan is written. */
export function createBackfill(
  world: World,
  backfills: BackfillBook,
  stored: StoredCommandOf<"create_backfill">,
): void {
  const { id, actor, command } = stored;
  world.later(
    () => prepare(world, command.request),
    ({ series, row }) => {
      try {
        refuseOverlap(backfills, series, row);
      } catch (error) {
        refuse(world, id, error);
        return;
      }
      const live = new LiveBackfill({ ...row, actor }, series, []);
      answer(world, { id, ok: true, run: null, backfill: row.id });
      backfills.keep(live);
      backfills.write(live);
    },
    (error) => refuse(world, id, error),
  );
}

async function prepare(
  world: World,
  request: BackfillRequest,
): Promise<{ readonly series: BackfillSeries; readonly row: Omit<BackfillRow, "actor"> }> {
  const { store, clock, chance, definitions } = world.ports;
  const version = request.version ?? (await store.activeVersion());
  if (version === undefined) {
    throw new MillraceError("UNKNOWN_VERSION", "The project has no active version.", {
      hint: "millrace check builds one, and says what keeps it from being built.",
    });
  }
  const { spec } = await world.flow(version, request.flow);
  refuseOptions(request);
  // What no run could be made with is refused at once, not by each of them.
  await definitions.parseParams(version, spec.name, request.params);
  if (spec.partitions !== null) await world.partitions.ready(spec.partitions);
  const nowMs = clock.now();
  const series = backfillSeries(spec, request, { nowMs, keysOf: (name) => world.partitions.keysOf(name) });
  const runs = await store.triggers.listSliceRuns(spec.name, askedWindow(spec, series, request));
  const { plan, window } = planBackfill(series, request, runs);
  return {
    series,
    row: {
      id: makeRunId(nowMs, chance) as string as BackfillId,
      flow: spec.name,
      createdAtMs: nowMs,
      endedAtMs: null,
      state: "running",
      request,
      version,
      window,
      plan,
      atOnce: null,
      made: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
      retriedAtMs: null,
      reason: null,
    },
  };
}

function refuseOptions({ maxActiveRuns, limit, runPer }: BackfillRequest): void {
  const counts = { maxActiveRuns, limit: limit ?? 1, runPer: runPer.kind === "count" ? runPer.count : 1 };
  for (const [name, count] of Object.entries(counts)) {
    if (Number.isSafeInteger(count) && count >= 1) continue;
    throw new MillraceError("INVALID_BACKFILL", `The backfill's ${name} is ${count}.`, {
      hint: "It is a whole number, at least 1.",
    });
  }
}

function refuseOverlap(
  backfills: BackfillBook,
  series: BackfillSeries,
  { flow, request }: Omit<BackfillRow, "actor">,
): void {
  for (const { row } of backfills.all()) {
    if (row.flow !== flow || row.request.schedule !== request.schedule) continue;
    if (!isShared(series, request, row.request)) continue;
    throw new MillraceError(
      "BACKFILL_ACTIVE",
      `The backfill ${row.id} is ${row.state} and covers part of this range.`,
      {
        hint: `Wait for its end, or take it back: millrace backfill cancel ${row.id}.`,
      },
    );
  }
}

/** A key of the other that is no more is in nobody's way. */
function isShared(series: BackfillSeries, mine: BackfillRequest, other: BackfillRequest): boolean {
  try {
    return overlaps(series, mine, other);
  } catch (error) {
    if (isMillraceError(error)) return false;
    throw error;
  }
}
