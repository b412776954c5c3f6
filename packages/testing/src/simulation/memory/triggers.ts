import {
  type BackfillFilter,
  type BackfillId,
  type BackfillRow,
  type BackfillRunPage,
  MillraceError,
  type SliceRun,
  type TickFilter,
  type TickRow,
  type TriggerRow,
  type Triggers,
  type Window,
} from "@millrace/core";
import type { MemoryDatabase, RunShelf } from "./database.ts";

const FINAL: readonly BackfillRow["state"][] = ["success", "failed", "cancelled"];

export class MemoryTriggers implements Triggers {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  async list(): Promise<readonly TriggerRow[]> {
    return [...this.#database.time.triggers.values()].sort(
      (one, other) => compare(one.flow, other.flow) || compare(one.name, other.name),
    );
  }

  async listTicks({ flow, trigger, beforeMs, limit }: TickFilter): Promise<readonly TickRow[]> {
    return [...this.#database.time.ticks.values()]
      .filter((tick) => tick.flow === (flow ?? tick.flow) && tick.trigger === (trigger ?? tick.trigger))
      .filter(({ atMs }) => beforeMs === undefined || atMs < beforeMs)
      .sort(newestFirst)
      .slice(0, limit);
  }

  async findTick(flow: string, trigger: string, key: string): Promise<TickRow | undefined> {
    if (key === "") return undefined;
    return [...this.#database.time.ticks.values()]
      .filter((tick) => tick.flow === flow && tick.trigger === trigger && tick.key === key)
      .sort(newestFirst)
      .at(-1);
  }

  async listPartitionKeys(name: string): Promise<readonly string[]> {
    return [...(this.#database.time.partitionKeys.get(name) ?? [])];
  }

  async unfinishedBackfills(): Promise<readonly BackfillRow[]> {
    return this.#backfills().filter(({ state }) => !FINAL.includes(state));
  }

  async findBackfill(idOrPrefix: string): Promise<BackfillRow | undefined> {
    const prefix = idOrPrefix.trim().toUpperCase();
    const found = this.#backfills().filter(({ id }) => id.startsWith(prefix));
    if (found.length > 1) throw new MillraceError("USAGE", `"${idOrPrefix}" names several backfills.`);
    return found[0];
  }

  async listBackfills({ flow, states, before, limit }: BackfillFilter): Promise<readonly BackfillRow[]> {
    return this.#backfills()
      .filter((row) => row.flow === (flow ?? row.flow) && (states === undefined || states.includes(row.state)))
      .filter(({ id }) => before === undefined || id < before)
      .reverse()
      .slice(0, limit);
  }

  async listSliceRuns(flow: string, window: Window | null): Promise<readonly SliceRun[]> {
    return [...this.#database.runs.values()]
      .filter(({ row }) => row.flow === flow)
      .filter(({ row }) => row.scheduledAtMs !== null || row.slice !== null || row.backfill !== null)
      .map(sliceRun)
      .filter((run) => window === null || overlap(run.window, window));
  }

  async listBackfillRuns(
    id: BackfillId,
    { skip = 0, limit = Number.POSITIVE_INFINITY }: Partial<BackfillRunPage> = {},
  ): Promise<readonly SliceRun[]> {
    const runs = [...this.#database.runs.values()].filter(({ row }) => row.backfill === id);
    return runs.slice(skip, skip + limit).map(sliceRun);
  }

  async recentDurations(flow: string, limit: number): Promise<readonly number[]> {
    return [...this.#database.runs.values()]
      .filter(({ row }) => row.flow === flow && row.state === "success")
      .reverse()
      .slice(0, limit)
      .flatMap(({ row: { startedAtMs, endedAtMs } }) =>
        startedAtMs === null || endedAtMs === null ? [] : [endedAtMs - startedAtMs],
      );
  }

  #backfills(): BackfillRow[] {
    return [...this.#database.time.backfills.values()].sort((one, other) => compare(one.id, other.id));
  }
}

function sliceRun({ row }: RunShelf): SliceRun {
  const { id, rootRun, state, window, slice, scheduledAtMs, backfill, createdAtMs, endedAtMs } = row;
  return { id, rootRun, state, window, slice, scheduledAtMs, backfill, createdAtMs, endedAtMs };
}

/** Two that begin together overlap as well, however short they are. */
function overlap(one: Window, other: Window): boolean {
  return one.startMs === other.startMs || (one.startMs < other.endMs && other.startMs < one.endMs);
}

function newestFirst(one: TickRow, other: TickRow): number {
  return (
    other.atMs - one.atMs ||
    compare(other.flow, one.flow) ||
    compare(other.trigger, one.trigger) ||
    compare(other.key, one.key)
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
