import type { RouteOutput, RouteRequest } from "@millrace/contract";
import {
  type BackfillId,
  type BackfillRequest,
  type BackfillRow,
  backfillAtOnce,
  encode,
  estimateMs,
  isFinalRunState,
  isMillraceError,
  MillraceError,
  runsAtOnce,
  type SliceRun,
  type VersionId,
} from "@millrace/core";
import { askedWindow, type BackfillSeries, backfillSeries, planBackfill } from "@millrace/core/time";
import type { RetryPlan } from "@millrace/engine";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Handlers } from "../call.ts";
import { instant, maybeInstant, sliceView, windowView } from "../views/values.ts";
import { findFlow } from "./active-flows.ts";
import { partitionsNow } from "./flow-reading.ts";
import { idOf, pageByPlace } from "./pages.ts";

/** Runs whose durations an estimate is made from. */
const RECENT_RUNS = 20;
const SHOWN_PIECES = 1_000;
const SHOWN_EXISTING = 500;

const SHOWN_RETRIES = 50;

type Names = "listBackfills" | "getBackfill" | "listBackfillRuns" | "planBackfill" | "planBackfillRetry";

/** What can be read of backfills, and what one would be. */
export const BACKFILL_READING: Handlers<Names> = {
  async listBackfills({ runtime, query: { limit, cursor, flow, state } }) {
    const rows = await runtime.store.triggers.listBackfills({
      limit: limit + 1,
      ...(flow === undefined ? {} : { flow }),
      ...(state === undefined ? {} : { states: state }),
      ...(cursor === undefined ? {} : { before: idOf<BackfillId>(cursor) }),
    });
    const items = rows.slice(0, limit);
    return { items: items.map(backfillView), next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  },

  getBackfill: async ({ runtime, params }) => backfillView(await findBackfill(runtime, params.backfill)),

  async listBackfillRuns({ runtime, params, query }) {
    const { id } = await findBackfill(runtime, params.backfill);
    const page = pageByPlace(query);
    return page.of(await runtime.store.triggers.listBackfillRuns(id, page), backfillRunView);
  },

  async planBackfill({ runtime, body }) {
    const { store } = runtime;
    const { version, spec } = await findFlow(runtime, body.flow, body.version ?? undefined);
    const request = backfillRequest(body, { version, maxActiveRuns: spec.policies.maxActiveRuns });
    const series = backfillSeries(spec, request, await partitionsNow(store, spec.partitions));
    const runs = await store.triggers.listSliceRuns(spec.name, askedWindow(spec, series, request));
    const { plan, window } = planBackfill(series, request, runs);
    const existing = existingRuns(series, request, runs);
    const durations = await store.triggers.recentDurations(spec.name, RECENT_RUNS);
    return {
      flow: spec.name,
      runs: plan.runs,
      windows: plan.windows,
      window: windowView(window),
      left: { exists: plan.left.exists, inFlight: plan.left["in flight"] },
      pieces: plan.pieces.slice(0, SHOWN_PIECES).map((piece) => ({ ...piece })),
      existing: existing.slice(0, SHOWN_EXISTING),
      again: existing.filter(({ again }) => again).length,
      chained: plan.chained,
      estimateMs: estimateMs(durations, { runs: plan.runs, atOnce: runsAtOnce(plan, request) }) ?? null,
    };
  },

  async planBackfillRetry({ runtime, params, actor }) {
    const { id: backfill } = await findBackfill(runtime, params.backfill);
    return retryView(await runtime.planRetry(backfill, SHOWN_RETRIES, actor));
  },
};

function retryView(plan: RetryPlan): RouteOutput<"planBackfillRetry"> {
  const { version, formerVersion, state, atOnce, repeated, toCome, runs } = plan;
  const tasks = new Map<string, number>();
  for (const { plan: of } of runs) {
    if (isMillraceError(of)) continue;
    for (const { task, does } of of.tasks) if (does === "run") tasks.set(task, (tasks.get(task) ?? 0) + 1);
  }
  return {
    version: { id: version, isSame: version === formerVersion },
    state: state === "paused" ? "paused" : "running",
    atOnce,
    repeated,
    toCome,
    tasks: Array.from(tasks, ([task, count]) => ({ task, runs: count })),
    runs: runs.map(({ run, plan: of }) => ({
      run: run.id,
      state: run.state,
      slice: run.slice === null ? null : sliceView(run.slice),
      window: windowView(run.window),
      counts: isMillraceError(of) ? null : of.counts,
      refused: isMillraceError(of) ? of.message : null,
    })),
  };
}

/** The newest run of each window or key that was asked for and ran before, and what becomes of it. The last key first. */
function existingRuns(
  series: BackfillSeries,
  { selection, reprocess }: BackfillRequest,
  runs: readonly SliceRun[],
): RouteOutput<"planBackfill">["existing"] {
  const selected = series.selected(selection);
  const newest = new Map<number, SliceRun>();
  for (const run of runs) {
    for (const range of series.placesOf(run)) {
      for (const { first, end } of selected) {
        for (let place = Math.max(first, range.first); place < Math.min(end, range.end); place += 1) {
          const before = newest.get(place);
          if (before === undefined || isFinalRunState(before.state)) newest.set(place, run);
        }
      }
    }
  }
  return [...newest]
    .sort(([one], [other]) => other - one)
    .map(([place, { id, state }]) => ({
      name: series.nameAt(place),
      run: id,
      state,
      again: isFinalRunState(state) && (reprocess === "completed" || (reprocess === "failed" && state !== "success")),
    }));
}

/** @throws `UNKNOWN_BACKFILL`. */
export async function findBackfill({ store }: Pick<Runtime, "store">, name: string): Promise<BackfillRow> {
  const found = await store.triggers.findBackfill(name.toUpperCase());
  if (found !== undefined) return found;
  throw unknownBackfill(name);
}

export function unknownBackfill(name: string): MillraceError {
  return new MillraceError("UNKNOWN_BACKFILL", `There is no backfill "${name}".`, {
    hint: "GET /api/v1/backfills lists them.",
  });
}

/** What was asked, in the words of the engine. */
export function backfillRequest(
  body: RouteRequest<"createBackfill">["body"],
  { version, maxActiveRuns }: { readonly version: VersionId | null; readonly maxActiveRuns: number },
): BackfillRequest {
  const { selection } = body;
  return {
    flow: body.flow,
    schedule: body.schedule,
    selection:
      selection.kind === "range"
        ? { kind: "range", fromMs: Date.parse(selection.from), toMs: Date.parse(selection.to) }
        : selection,
    reprocess: body.reprocess,
    order: body.order,
    maxActiveRuns: body.maxActiveRuns ?? maxActiveRuns,
    runPer: body.runPer,
    limit: body.limit,
    params: encode(body.params, "parameters"),
    version,
  };
}

function backfillView(row: BackfillRow): RouteOutput<"getBackfill"> {
  const { id, flow, state, actor, version, made, succeeded, failed, cancelled, reason } = row;
  return {
    id,
    flow,
    state,
    actor,
    createdAt: instant(row.createdAtMs),
    endedAt: maybeInstant(row.endedAtMs),
    version,
    window: windowView(row.window),
    runs: row.plan.runs,
    atOnce: backfillAtOnce(row),
    chained: row.plan.chained,
    made,
    succeeded,
    failed,
    cancelled,
    reason,
  };
}

function backfillRunView(run: SliceRun): RouteOutput<"listBackfillRuns">["items"][number] {
  return {
    run: run.id,
    rootRun: run.rootRun,
    state: run.state,
    slice: run.slice === null ? null : sliceView(run.slice),
    window: windowView(run.window),
    createdAt: instant(run.createdAtMs),
    endedAt: maybeInstant(run.endedAtMs),
  };
}
