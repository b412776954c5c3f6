import { formatByteSize, formatDuration } from "@millrace/core";
import type { ActiveRun, ActiveTask } from "./active-run.ts";
import { inLine } from "./admission/line-order.ts";
import type { Need, Resource } from "./admission/resource.ts";
import { labelOf } from "./labels.ts";
import { holdersOf } from "./slot-holders.ts";
import type { World } from "./world.ts";

const MAX_NAMES = 5;
/** Of a line, so many know their place; whoever stands behind them hears only that. */
const MAX_PLACES = 500;

/** Says what ready task runs wait for. Made for one question: it remembers what it has looked up. */
export class WaitExplainer {
  readonly #world: World;
  readonly #nowMs: number;
  readonly #holders = new Map<Resource, Map<ActiveRun, string>>();
  readonly #places = new Map<Resource, Map<unknown, number>>();

  constructor(world: World) {
    this.#world = world;
    this.#nowMs = world.nowMs;
  }

  reasonOf(task: ActiveTask): string {
    const { admission, ports } = this.#world;
    if (!task.isWaiting) return "is about to start";
    const blocker = admission.blockerOf(task, this.#nowMs);
    if (blocker !== undefined) return this.#blocked(task, blocker);
    const { workers } = admission;
    const { capacity } = ports.executor;
    if (capacity === 0) return `waits for a worker: none is there${this.#place(task, workers)}`;
    if (workers.used >= capacity) return `waits for a worker: all ${capacity} are busy${this.#place(task, workers)}`;
    const { classes } = workers;
    if (task.bucket.class === "backfill" && !classes.mayBackfill(1, capacity, this.#nowMs)) {
      return `waits for a worker: backfill holds ${classes.held.backfill} of ${capacity}, and the others are kept for live work${this.#place(task, workers)}`;
    }
    return "is about to start";
  }

  #blocked(task: ActiveTask, resource: Resource): string {
    const need = task.bucket.needs?.find((each) => each.resource === resource) as Need;
    const place = this.#place(task, resource);
    if (resource.tokens !== null) return this.#rate(resource, place);
    if (resource.limit === 0 && resource.kind === "labels") {
      return `waits for a worker with ${resource.label}: none is there${place}`;
    }
    if (resource.limit === 0) return `waits: ${whatOf(resource)} has no slots, so nothing of it starts${place}`;
    const wants = wantsOf(resource, need.units);
    if (!resource.hasFree(need.units)) {
      return `waits for ${wants}: ${takenOf(resource)}, by ${this.#holdersOf(resource, task.run)}${place}`;
    }
    if (resource.isKeptFrom(task.bucket)) {
      const other = resource.reservedBy?.head as ActiveTask | null | undefined;
      const whom = other === null || other === undefined ? "another" : labelFor(task.run, other);
      return `waits for ${wants}: what is free of ${whatOf(resource)} is kept for ${whom}, which needs more at once${place}`;
    }
    if (!resource.hasRoomFor(task.bucket, need.units, this.#nowMs)) {
      return `waits for ${wants}: backfill holds its share of ${whatOf(resource)}, and the rest is kept for live work${place}`;
    }
    return `waits for its turn at ${whatOf(resource)}${place}`;
  }

  #rate(resource: Resource, place: string): string {
    const { limit, perMs } = resource.tokens?.rule ?? { limit: 0, perMs: 0 };
    const nextMs = resource.tokens?.nextMs(this.#nowMs) ?? this.#nowMs;
    const next = nextMs <= this.#nowMs ? "now" : `in ${formatDuration(nextMs - this.#nowMs)}`;
    return `waits for the rate of ${resource.label}, ${limit} in ${formatDuration(perMs)}: the next may start ${next}${place}`;
  }

  #holdersOf(resource: Resource, run: ActiveRun): string {
    const texts = this.#holders.get(resource) ?? new Map<ActiveRun, string>();
    this.#holders.set(resource, texts);
    const known = texts.get(run);
    if (known !== undefined) return known;
    const text = named(holdersOf(this.#world, resource.name).map((holder) => labelFor(run, holder)));
    texts.set(run, text);
    return text;
  }

  /** Its place in line, which its priority and its waiting decide. Who is first needs not be told. */
  #place(task: ActiveTask, resource: Resource): string {
    let places = this.#places.get(resource);
    if (places === undefined) {
      const line = inLine(resource, MAX_PLACES, this.#nowMs);
      places = new Map(line.map((candidate, index) => [candidate, index + 1]));
      this.#places.set(resource, places);
    }
    const place = places.get(task);
    if (place === 1) return "";
    return place === undefined ? `; behind ${MAX_PLACES} others in line` : `; number ${place} in line`;
  }
}

/** Whose it is, for those who look at another run. */
function labelFor(run: ActiveRun, other: ActiveTask): string {
  const label = labelOf(other.run, other);
  return other.run === run ? label : `${label} of ${other.run.flow.spec.name} ${other.run.id}`;
}

function whatOf({ kind, label }: Resource): string {
  switch (kind) {
    case "pool":
      return `the pool ${label}`;
    case "task":
      return `the concurrency of ${label}`;
    case "cpu":
      return "the processors";
    case "memory":
      return "the memory";
    case "rate":
      return `the rate of ${label}`;
    case "labels":
      return `the workers with ${label}`;
    case "workers":
      return "the workers";
  }
}

function takenOf(resource: Resource): string {
  const { kind, used, limit } = resource;
  if (kind === "cpu") return `${used / 1_000} of ${limit / 1_000} are claimed`;
  if (kind === "memory") return `${formatByteSize(used)} of ${formatByteSize(limit)} are claimed`;
  return `${used} of ${limit} of ${whatOf(resource)} are taken`;
}

function wantsOf({ kind }: Resource, units: number): string {
  if (kind === "cpu") return units === 1_000 ? "a processor" : `${units / 1_000} processors`;
  if (kind === "memory") return `${formatByteSize(units)} of memory`;
  return units === 1 ? "a slot" : `${units} slots`;
}

/** A few names of many. */
export function named(names: readonly string[]): string {
  if (names.length === 0) return "others";
  const shown = names.slice(0, MAX_NAMES).join(", ");
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}
