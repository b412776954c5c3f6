import type { ActiveRun } from "./active-run.ts";

interface Lane {
  readonly limit: number;
  readonly running: Set<ActiveRun>;
  readonly waiting: ActiveRun[];
}

/** How many runs of a flow (or of one key of it) run at once. The others stay queued, first come first served. */
export class RunGate {
  readonly #lanes = new Map<string, Lane>();

  /** True when the run may start now; false: it waits, and `leave` of another will name it. */
  enter(run: ActiveRun): boolean {
    const lane = this.#laneOf(run);
    if (lane === undefined) return true;
    if (lane.running.size < lane.limit) {
      lane.running.add(run);
      return true;
    }
    lane.waiting.push(run);
    return false;
  }

  /** Counts a run that was running already (after a restart). */
  admit(run: ActiveRun): void {
    this.#laneOf(run)?.running.add(run);
  }

  /** The run is over, or waits no more. Gives the runs that may start now. */
  leave(run: ActiveRun): readonly ActiveRun[] {
    const lane = this.forget(run);
    if (lane === undefined) return [];
    const next = fillLane(lane);
    if (lane.running.size === 0) this.#lanes.delete(laneName(run));
    return next;
  }

  /** Takes a run out that is about to be read again; nobody takes its place before that. */
  forget(run: ActiveRun): Lane | undefined {
    const lane = this.#laneOf(run);
    if (lane === undefined) return undefined;
    const place = lane.waiting.indexOf(run);
    if (place !== -1) lane.waiting.splice(place, 1);
    lane.running.delete(run);
    return lane;
  }

  /** After runs were forgotten and some of them came back: gives the runs that may start now. */
  fill(): readonly ActiveRun[] {
    return [...this.#lanes.values()].flatMap(fillLane);
  }

  /** The runs that a waiting run waits for. */
  holders(run: ActiveRun): readonly ActiveRun[] {
    return [...(this.#laneOf(run)?.running ?? [])];
  }

  #laneOf(run: ActiveRun): Lane | undefined {
    const { spec } = run.flow;
    const limit = spec.policies.concurrency;
    if (limit === null) return undefined;
    const name = laneName(run);
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane = { limit, running: new Set<ActiveRun>(), waiting: [] };
    this.#lanes.set(name, lane);
    return lane;
  }
}

function fillLane(lane: Lane): readonly ActiveRun[] {
  const next: ActiveRun[] = [];
  while (lane.running.size < lane.limit) {
    const first = lane.waiting.shift();
    if (first === undefined) break;
    lane.running.add(first);
    next.push(first);
  }
  return next;
}

function laneName(run: ActiveRun): string {
  const { name } = run.flow.spec;
  return run.made.concurrencyKey === null ? name : `${name}\n${run.made.concurrencyKey}`;
}
