import {
  type BackfillFilter,
  type BackfillId,
  type BackfillRow,
  type BackfillRunPage,
  compareTexts,
  MillraceError,
  newestTickFirst,
  type SliceRun,
  type TickFilter,
  type TickPlace,
  type TickRow,
  type TriggerRow,
  type Triggers,
  type Window,
  windowsOverlap,
} from "@millrace/core";
import type { Act } from "./act.ts";
import {
  backfillFromColumns,
  listBackfills,
  listBackfillsByPrefix,
  listBackfillsInState,
  listBackfillsOfFlow,
  listBackfillsOfFlowInState,
} from "./tables/backfill.ts";
import { listPartitionKeys } from "./tables/partition-key.ts";
import {
  listBackfillRuns,
  listBackfillRunsFrom,
  listDurations,
  listSliceRuns,
  listSliceRunsBetween,
  sliceRunFromColumns,
} from "./tables/slice-run.ts";
import { findTick, listNewestTicks, listTicks, listTicksOfTrigger, tickFromColumns } from "./tables/tick.ts";
import { listTriggers, triggerFromColumns } from "./tables/trigger.ts";

/** Runs one act and gives its rows. Each store has its own way, and gives failures their code. */
export type TriggersAccess = <Args extends object, Row>(act: Act<Args, Row>, given: NoInfer<Args>) => Promise<Row[]>;

/** In front of every tick. */
const FIRST_PLACE: TickPlace = { atMs: Number.MAX_SAFE_INTEGER, flow: "", trigger: "", key: "" };
/** Above every id. */
const LAST_ID = "~";
/** How many candidates an ambiguous id names. */
const MAX_CANDIDATES = 5;
const UNFINISHED = ["running", "paused", "cancelling"] as const;

/** What is remembered of schedules, triggers and backfills, on any database. */
export class StoreTriggers implements Triggers {
  readonly #read: TriggersAccess;

  constructor(access: TriggersAccess) {
    this.#read = access;
  }

  async list(): Promise<readonly TriggerRow[]> {
    return (await this.#read(listTriggers, {})).map(triggerFromColumns);
  }

  async listTicks({ flow, trigger, before = FIRST_PLACE, limit }: TickFilter): Promise<readonly TickRow[]> {
    if (flow === undefined && trigger === undefined) {
      const { atMs: at, ...place } = before;
      return (await this.#read(listTicks, { at, ...place, limit })).map(tickFromColumns);
    }
    const asked =
      flow !== undefined && trigger !== undefined
        ? [{ flow, name: trigger }]
        : (await this.#read(listTriggers, {})).filter(
            (row) => row.flow === (flow ?? row.flow) && row.name === (trigger ?? row.name),
          );
    // One ordered page for each trigger, then the first of them all.
    const pages: TickRow[] = [];
    for (const { flow: of, name } of asked) {
      const rows = await this.#read(listTicksOfTrigger, {
        flow: of,
        trigger: name,
        ...behind(before, of, name),
        limit,
      });
      pages.push(...rows.map(tickFromColumns));
    }
    return pages.sort(newestTickFirst).slice(0, limit);
  }

  async listNewestTicks(): Promise<readonly TickRow[]> {
    const ticks = (await this.#read(listNewestTicks, {})).map(tickFromColumns).sort(newestTickFirst);
    const seen = new Set<string>();
    return ticks.filter(({ flow, trigger }) => {
      const name = `${flow}\n${trigger}`;
      return !seen.has(name) && seen.add(name);
    });
  }

  async findTick(flow: string, trigger: string, key: string): Promise<TickRow | undefined> {
    const [found] = await this.#read(findTick, { flow, trigger, key });
    return found === undefined ? undefined : tickFromColumns(found);
  }

  async listPartitionKeys(name: string): Promise<readonly string[]> {
    return (await this.#read(listPartitionKeys, { name })).map(({ key }) => key);
  }

  async unfinishedBackfills(): Promise<readonly BackfillRow[]> {
    return (await this.listBackfills({ states: UNFINISHED, limit: Number.MAX_SAFE_INTEGER })).toReversed();
  }

  async findBackfill(idOrPrefix: string): Promise<BackfillRow | undefined> {
    const from = idOrPrefix.trim().toUpperCase();
    const rows = await this.#read(listBackfillsByPrefix, {
      from,
      to: `${from}${LAST_ID}`,
      limit: MAX_CANDIDATES + 1,
    });
    if (rows.length > 1)
      throw ambiguous(
        idOrPrefix,
        rows.map(({ id }) => id),
      );
    return rows[0] === undefined ? undefined : backfillFromColumns(rows[0]);
  }

  async listBackfills({ flow, states, before = LAST_ID as BackfillId, limit }: BackfillFilter) {
    const page = { before, limit };
    if (states === undefined) {
      const rows =
        flow === undefined ? this.#read(listBackfills, page) : this.#read(listBackfillsOfFlow, { ...page, flow });
      return (await rows).map(backfillFromColumns);
    }
    const pages: BackfillRow[] = [];
    for (const state of new Set(states)) {
      const rows =
        flow === undefined
          ? this.#read(listBackfillsInState, { ...page, state })
          : this.#read(listBackfillsOfFlowInState, { ...page, flow, state });
      pages.push(...(await rows).map(backfillFromColumns));
    }
    return pages.sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit);
  }

  async listSliceRuns(flow: string, window: Window | null): Promise<readonly SliceRun[]> {
    const rows =
      window === null
        ? await this.#read(listSliceRuns, { flow })
        : await this.#read(listSliceRunsBetween, { flow, from: window.startMs, to: window.endMs });
    const runs = rows.sort((one, other) => one.num - other.num).map(sliceRunFromColumns);
    return window === null ? runs : runs.filter((run) => windowsOverlap(run.window, window));
  }

  async listBackfillRuns(id: BackfillId, page?: BackfillRunPage): Promise<readonly SliceRun[]> {
    const rows =
      page === undefined
        ? await this.#read(listBackfillRuns, { backfill: id })
        : await this.#read(listBackfillRunsFrom, { backfill: id, skip: page.skip ?? 0, limit: page.limit });
    return rows.map(sliceRunFromColumns);
  }

  async recentDurations(flow: string, limit: number): Promise<readonly number[]> {
    const rows = await this.#read(listDurations, { flow, limit });
    return rows.flatMap(({ started_at, ended_at }) =>
      started_at === null || ended_at === null ? [] : [ended_at - started_at],
    );
  }
}

/** Where the ticks of one trigger begin that are behind a place in the list of all. */
function behind(place: TickPlace, flow: string, trigger: string): { readonly at: number; readonly key: string } {
  const { atMs, key } = place;
  const order = compareTexts(flow, place.flow) || compareTexts(trigger, place.trigger);
  if (order === 0) return { at: atMs, key };
  // No key is before the empty one: of that instant all are behind, or none.
  return { at: order < 0 ? atMs + 1 : atMs, key: "" };
}

function ambiguous(text: string, ids: readonly string[]): MillraceError {
  const named = ids.slice(0, MAX_CANDIDATES).join(", ");
  const more = ids.length > MAX_CANDIDATES ? ", and more" : "";
  return new MillraceError("USAGE", `"${text}" names several backfills: ${named}${more}.`, {
    hint: "Give more characters of the id.",
  });
}
