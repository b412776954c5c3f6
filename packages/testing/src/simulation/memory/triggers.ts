import {
  type BackfillFilter,
  type BackfillId,
  type BackfillRow,
  type Changes,
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

/** What a database in memory holds of schedules, triggers and backfills. */
export class TimeShelf {
  readonly triggers = new Map<string, TriggerRow>();
  readonly ticks = new Map<string, TickRow>();
  readonly backfills = new Map<BackfillId, BackfillRow>();
  /** By name; sets keep the order in which keys are added. */
  readonly partitionKeys = new Map<string, Set<string>>();

  write({ triggers, ticks, backfills, partitionKeys }: Changes): void {
    for (const row of triggers) this.triggers.set(JSON.stringify([row.flow, row.name]), row);
    for (const row of ticks) {
      const key = JSON.stringify([row.flow, row.trigger, row.atMs, row.key]);
      if (!this.ticks.has(key)) this.ticks.set(key, row);
    }
    for (const row of backfills) this.backfills.set(row.id, row);
    const last = new Map(partitionKeys.map((row) => [JSON.stringify([row.name, row.key]), row]));
    for (const { name, key, exists } of last.values()) {
      const keys = this.partitionKeys.get(name) ?? new Set();
      this.partitionKeys.set(name, keys);
      if (exists) keys.add(key);
      else keys.delete(key);
    }
  }

  /** Takes ticks away, and says how many. */
  remove(goes: (tick: TickRow) => boolean): number {
    const gone = [...this.ticks].filter(([, tick]) => goes(tick));
    for (const [key] of gone) this.ticks.delete(key);
    return gone.length;
  }
}

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

  async listBackfillRuns(id: BackfillId): Promise<readonly SliceRun[]> {
    return [...this.#database.runs.values()].filter(({ row }) => row.backfill === id).map(sliceRun);
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
