import {
  type AttemptId,
  type AttemptRow,
  type FlowSpec,
  isFinalAttemptState,
  type RunId,
  type RunRow,
} from "@millrace/core";
import type { SpecOf } from "./spec-of.ts";

/** Holds what is alive against the limits: slots of pools, concurrency of tasks and of flows. */
export class LimitWatch {
  readonly #specOf: SpecOf;
  readonly #pools: Readonly<Record<string, number>>;
  readonly #wrong: string[];
  /** What each live attempt takes, as `limit` of `of`. */
  readonly #live = new Map<AttemptId, { readonly key: string; readonly takes: readonly Taken[] }>();
  readonly #running = new Map<RunId, Taken>();

  constructor(specOf: SpecOf, pools: Readonly<Record<string, number>>, wrong: string[]) {
    this.#specOf = specOf;
    this.#pools = pools;
    this.#wrong = wrong;
  }

  run(row: RunRow): void {
    const { id, flow, version, state, concurrencyKey } = row;
    const limit = this.#specOf(version, flow).policies.concurrency;
    if (limit === null || state !== "running") this.#running.delete(id);
    else this.#running.set(id, { of: `runs of ${flow} ${concurrencyKey ?? ""}`, slots: 1, limit });
  }

  attempt(row: AttemptRow, run: RunRow | undefined): void {
    if (isFinalAttemptState(row.state) || run === undefined) {
      this.#live.delete(row.id);
      return;
    }
    const takes = row.hook === "" ? this.#takes(this.#specOf(run.version, run.flow), row.node) : [];
    this.#live.set(row.id, { key: `${row.run}/${row.node}/${row.item}/${row.hook}`, takes });
  }

  #takes(spec: FlowSpec, node: number): readonly Taken[] {
    const task = spec.nodes[node];
    if (task?.kind !== "task") return [];
    const { pools, concurrency } = task.policies;
    const takes = pools.map(({ pool, slots }) => ({ of: `pool ${pool}`, slots, limit: this.#pools[pool] ?? slots }));
    return concurrency === null
      ? takes
      : [...takes, { of: `task ${spec.name}/${task.id}`, slots: 1, limit: concurrency }];
  }

  /** The live attempts of a task run. */
  *liveOf(key: string): Generator<AttemptId> {
    for (const [attempt, live] of this.#live) if (live.key === key) yield attempt;
  }

  check(): void {
    const used = new Map<string, number>();
    const takes = [...this.#running.values(), ...[...this.#live.values()].flatMap((live) => live.takes)];
    for (const { of, slots, limit } of takes) {
      const now = (used.get(of) ?? 0) + slots;
      used.set(of, now);
      if (now > limit) this.#wrong.push(`${now} of ${limit} slots are taken: ${of}`);
    }
  }
}

interface Taken {
  readonly of: string;
  readonly slots: number;
  readonly limit: number;
}
