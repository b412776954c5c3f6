import { makeRunId, type RunRow, type SliceRun, type Store } from "@millrace/core";
import type { Expected } from "./expected-windows.ts";
import type { Asked } from "./flow-calendar.ts";
import { expectedOf } from "./flow-calendar.ts";

const MOST = 500;

type DayRun = Pick<SliceRun, "id" | "state" | "window" | "slice" | "createdAtMs" | "endedAtMs">;

export interface FlowDay {
  readonly runs: readonly DayRun[];
  readonly missing: readonly Expected[];
  readonly plannedMs: readonly number[];
}

/** What there is of one day of a flow's calendar. */
export async function flowDay(
  store: Pick<Store, "triggers" | "history">,
  asked: Pick<Asked, "spec" | "at"> & { readonly day: number },
): Promise<FlowDay> {
  const { spec, day } = asked;
  const { expected, sinceOf, isPaused } = await expectedOf(store, asked);
  const { days: civil } = expected;
  const [startMs, endMs] = [civil.startOf(day), civil.startOf(day + 1)];
  const plannedMs = expected
    .planned(endMs, isPaused)
    .filter((tick) => tick.startMs >= startMs)
    .map(({ atMs }) => atMs)
    .slice(0, MOST);
  if (!expected.isKnown) return { runs: await madeOn(store, spec.name, { startMs, endMs }), missing: [], plannedMs };
  // Those that only touch the day are of another.
  const runs = (await store.triggers.listSliceRuns(spec.name, { startMs, endMs })).filter(({ window }) => {
    return window.startMs < endMs && (window.endMs > startMs || window.startMs >= startMs);
  });
  const past = expected.past(startMs, endMs, sinceOf) ?? [];
  const starting = runs.filter(({ window }) => window.startMs >= startMs || past.some((each) => covers(window, each)));
  const known = new Set(runs.map(({ id }) => id));
  const byHand = (await madeOn(store, spec.name, { startMs, endMs })).filter(
    ({ id, slice, scheduledAtMs, backfill }) =>
      !known.has(id) && slice === null && scheduledAtMs === null && backfill === null,
  );
  return {
    runs: [...starting, ...byHand].sort((a, b) => b.createdAtMs - a.createdAtMs).slice(0, MOST),
    missing: past.filter((each) => !runs.some((run) => stands(run, each))).slice(0, MOST),
    plannedMs,
  };
}

function covers(window: SliceRun["window"], { window: { startMs, endMs } }: Expected): boolean {
  return window.startMs <= startMs && window.endMs >= endMs;
}

/** Whether a run stands for a key or a window: the key tells, where a run names but one. */
function stands({ window, slice }: SliceRun, expected: Expected): boolean {
  if (slice?.kind === "key") return slice.key === expected.key;
  if (slice?.kind === "keys") return slice.keys.includes(expected.key);
  return covers(window, expected);
}

/** Ids sort by when runs were made. */
async function madeOn(
  { history }: Pick<Store, "history">,
  flow: string,
  { startMs, endMs }: SliceRun["window"],
): Promise<readonly RunRow[]> {
  const runs = await history.listRuns({ flow, before: makeRunId(endMs, () => 0), limit: MOST });
  return runs.filter(({ createdAtMs }) => createdAtMs >= startMs);
}
