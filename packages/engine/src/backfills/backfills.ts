import {
  type BackfillId,
  type BackfillRow,
  backfillEnd,
  errorInfo,
  MillraceError,
  type RunTrigger,
  toErrorInfo,
} from "@millrace/core";
import { backfillSeries } from "@millrace/core/time";
import type { ActiveRun } from "../active-run.ts";
import { requestRepeat, requestRun } from "../requests.ts";
import { stopRun } from "../runs.ts";
import type { World } from "../world.ts";
import type { BackfillBook } from "./backfill-book.ts";
import { changeBackfill, setBackfill } from "./change-backfill.ts";
import { changePartitions } from "./change-partitions.ts";
import type { CoveredTick, Covering } from "./covering.ts";
import { createBackfill } from "./create-backfill.ts";
import { LiveBackfill } from "./live-backfill.ts";
import { repeatOf } from "./retry-plan.ts";

/**
 * Runs backfills: makes their runs as there is room, counts how they end, and ends them. What a backfill has made and
 * the run itself are in one commit. Each run has a key of its own, so that none is made twice whatever is lost.
 */
export class Backfills implements BackfillBook {
  readonly #world: World;
  readonly #live = new Map<BackfillId, LiveBackfill>();

  constructor(world: World) {
    this.#world = world;
    world.handlers.set("create_backfill", (stored) => createBackfill(world, this, stored));
    world.handlers.set("change_backfill", (stored) => changeBackfill(world, this, stored));
    world.handlers.set("set_backfill", (stored) => setBackfill(world, this, stored));
    world.handlers.set("change_partitions", (stored) => changePartitions(world, stored));
    world.onRunOpened.push((run) => this.#opened(run));
    world.onRunEnded.push((run) => this.#ended(run));
    world.onTriggersLost.push(() => this.load());
    world.findCovering = (tick) => this.covering(tick);
  }

  /** Reads what has not ended from the store, and goes on with it. */
  async load(): Promise<void> {
    const { ports, partitions } = this.#world;
    for (const backfill of this.#live.values()) backfill.dropped = true;
    this.#live.clear();
    partitions.forget();
    for (const row of await ports.store.triggers.unfinishedBackfills()) await this.#take(row);
  }

  /** Puts a backfill from the store into memory. One whose flow cannot be read is paused, with the reason. */
  async #take(row: BackfillRow): Promise<void> {
    const runs = await this.#world.ports.store.triggers.listBackfillRuns(row.id);
    try {
      const live = new LiveBackfill(row, await this.seriesOf(row), runs);
      // Reports about its runs may come before any step: they must find it.
      this.keep(live);
      this.#world.enqueue(() => this.advance(live));
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code.startsWith("DATABASE") || error.code === "STORE_FAILED")
        throw error;
      this.#world.enqueue(() => {
        this.#world.batch.backfill({ ...row, state: "paused", reason: error.message });
      });
    }
  }

  async seriesOf(
    row: Pick<BackfillRow, "version" | "flow" | "request" | "createdAtMs">,
  ): Promise<LiveBackfill["series"]> {
    const { spec } = await this.#world.flow(row.version, row.flow);
    const { partitions } = this.#world;
    if (spec.partitions !== null) await partitions.ready(spec.partitions);
    return backfillSeries(spec, row.request, { nowMs: row.createdAtMs, keysOf: (name) => partitions.keysOf(name) });
  }

  all(): Iterable<LiveBackfill> {
    return this.#live.values();
  }

  find(id: BackfillId): LiveBackfill | undefined {
    return this.#live.get(id);
  }

  keep(live: LiveBackfill): void {
    if (!live.dropped) this.#live.set(live.row.id, live);
  }

  write(live: LiveBackfill): void {
    this.#world.batch.backfill(live.row);
    this.advance(live);
  }

  advance(live: LiveBackfill): void {
    if (live.dropped) return;
    if (live.row.state === "cancelling") this.#stopRuns(live);
    else if (live.row.state === "running") this.#makeRuns(live);
    if (live.busy > 0 || (live.toRetry.length > 0 && live.row.state !== "cancelling")) return;
    const state = backfillEnd(live.row);
    if (state === undefined) return;
    live.row = { ...live.row, state, endedAtMs: this.#world.batch.atMs };
    live.dropped = true;
    this.#live.delete(live.row.id);
    this.#world.batch.backfill(live.row);
  }

  #stopRuns(live: LiveBackfill): void {
    for (const id of live.open) {
      const run = this.#world.runs.get(id);
      if (run !== undefined) stopRun(this.#world, run, {});
    }
  }

  #makeRuns(live: LiveBackfill): void {
    if (this.#world.draining) return;
    while (live.room > 0) {
      const place = live.nextPlace();
      if (place !== undefined) this.#make(live, place);
      else if (!this.#retryNext(live)) break;
    }
    const { blocking } = live;
    if (blocking === undefined) return;
    const reason = `the run ${blocking.run} is ${blocking.state}, and the next one depends on it`;
    live.row = { ...live.row, state: "paused", reason };
    this.#world.batch.backfill(live.row);
  }

  #make(live: LiveBackfill, place: number): void {
    live.asked.add(place);
    const { id, flow, version, request } = live.row;
    const wish = {
      flow,
      version,
      params: request.params,
      ...live.places.runAt(place),
      backfill: id,
      trigger: { kind: "backfill", backfill: id } satisfies RunTrigger,
      class: "backfill" as const,
      idempotencyKey: keyOf(id, place),
      selection: null,
    };
    requestRun(this.#world, wish, {
      isWanted: () => {
        const isWanted = !live.dropped && live.row.state === "running";
        if (!isWanted) this.#giveUp(live, () => live.asked.delete(place));
        return isWanted;
      },
      made: () => {
        if (live.dropped) return;
        live.made(place);
        this.write(live);
      },
      failed: (error) =>
        this.#giveUp(live, () => {
          live.asked.delete(place);
          // It would fail for the next one too, and a person must know.
          if (live.row.state !== "running") return;
          live.row = { ...live.row, state: "paused", reason: toErrorInfo(error).message };
          this.#world.batch.backfill(live.row);
        }),
    });
  }

  /** Repeats the next family of those that failed before somebody wished so. */
  #retryNext(live: LiveBackfill): boolean {
    const former = live.toRetry.pop();
    if (former === undefined) return false;
    live.retrying.add(former);
    requestRepeat(this.#world, repeatOf(live.row, former), {
      actor: live.row.actor,
      isWanted: () => {
        const isWanted = !live.dropped && live.row.state === "running";
        if (!isWanted) {
          this.#giveUp(live, () => {
            live.retrying.delete(former);
            live.toRetry.push(former);
          });
        }
        return isWanted;
      },
      made: () => {
        if (live.dropped) return;
        live.retrying.delete(former);
        this.write(live);
      },
      // Somebody repeats it already, or it was forgotten: it stays as it is.
      failed: (error) =>
        this.#giveUp(live, () => {
          live.retrying.delete(former);
          live.row = { ...live.row, reason: toErrorInfo(error).message };
          this.#world.batch.backfill(live.row);
        }),
    });
    return true;
  }

  #giveUp(live: LiveBackfill, forget: () => void): void {
    if (live.dropped) return;
    forget();
    this.advance(live);
  }

  #opened(run: ActiveRun): void {
    const live = this.#liveOf(run);
    if (live === undefined || live.open.has(run.id)) return;
    live.opened(run);
    this.#world.batch.backfill(live.row);
    if (live.row.state === "cancelling")
      stopRun(this.#world, run, { error: errorInfo("CANCELLED", "its backfill was cancelled") });
  }

  #ended(run: ActiveRun): void {
    const live = this.#liveOf(run);
    if (live === undefined) return;
    live.ended(run);
    this.write(live);
  }

  #liveOf({ made: { backfill } }: ActiveRun): LiveBackfill | undefined {
    return backfill === null ? undefined : this.#live.get(backfill);
  }

  /** The backfill that makes the run of a tick, or has made it, with that run where it is in memory. */
  covering(tick: CoveredTick): Covering | undefined {
    for (const { row, series, places } of this.#live.values()) {
      const { request } = row;
      const speaksOfIt = row.flow === tick.flow && (request.schedule ?? tick.schedule) === tick.schedule;
      if (!speaksOfIt || row.state === "cancelling") continue;
      const place = places.placeCovering(series.placesOfTick(tick));
      if (place !== undefined) return { backfill: row.id, run: this.#world.keys.get(keyOf(row.id, place)) ?? null };
    }
    return undefined;
  }
}

/** What makes each run of a backfill unique. */
function keyOf(id: BackfillId, place: number): string {
  return `backfill/${id}/${place}`;
}
