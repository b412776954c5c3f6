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
  type TickRow,
  type TriggerRow,
  type Triggers,
  type Window,
  windowsOverlap,
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
      (one, other) => compareTexts(one.flow, other.flow) || compareTexts(one.name, other.name),
    );
  }

  async listTicks({ flow, trigger, before, limit }: TickFilter): Promise<readonly TickRow[]> {
    return [...this.#database.time.ticks.values()]
      .filter((tick) => tick.flow === (flow ?? tick.flow) && tick.trigger === (trigger ?? tick.trigger))
      .filter((tick) => before === undefined || newestTickFirst(before, tick) < 0)
      .sort(newestTickFirst)
      .slice(0, limit);
  }

  async listNewestTicks(): Promise<readonly TickRow[]> {
    const newest = new Map<string, TickRow>();
    for (const tick of [...this.#database.time.ticks.values()].sort(newestTickFirst).toReversed()) {
      newest.set(JSON.stringify([tick.flow, tick.trigger]), tick);
    }
    return [...newest.values()];
  }

  async findTick(flow: string, trigger: string, key: string): Promise<TickRow | undefined> {
    if (key === "") return undefined;
    return [...this.#database.time.ticks.values()]
      .filter((tick) => tick.flow === flow && tick.trigger === trigger && tick.key === key)
      .sort(newestTickFirst)
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
      .filter((run) => window === null || windowsOverlap(run.window, window));
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
    return [...this.#database.time.backfills.values()].sort((one, other) => compareTexts(one.id, other.id));
  }
}

function sliceRun({ row }: RunShelf): SliceRun {
  const { id, rootRun, state, window, slice, scheduledAtMs, backfill, createdAtMs, endedAtMs } = row;
  return { id, rootRun, state, window, slice, scheduledAtMs, backfill, createdAtMs, endedAtMs };
}
