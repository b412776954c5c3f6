import type { RatePolicy, RunClass } from "@millrace/core";
import { Admission } from "../../src/admission/admission.ts";
import type { Claim } from "../../src/admission/claim.ts";
import { Bucket, type Candidate } from "../../src/admission/resource.ts";

/** What a test says of work that wants to go. */
export interface Work {
  readonly name?: string;
  readonly flow?: string;
  readonly class?: RunClass;
  readonly priority?: number;
  /** Pools by name, with the slots wanted. */
  readonly pools?: Readonly<Record<string, number>>;
  /** Its own concurrency, by name. */
  readonly task?: { readonly name: string; readonly limit: number };
  readonly rate?: { readonly name: string; readonly policy: RatePolicy };
}

export class Item implements Candidate {
  readonly work: Work;
  readonly bucket: Bucket;
  readonly sinceMs: number;
  order = 0;
  isWaiting = false;
  holdsWorker = false;
  ahead: Candidate | null = null;
  behind: Candidate | null = null;

  constructor(work: Work, bucket: Bucket, sinceMs: number) {
    this.work = work;
    this.bucket = bucket;
    this.sinceMs = sinceMs;
  }
}

/** Admission with nothing around it: time passes when the test says so, and work ends when it says so. */
export class Yard {
  nowMs = 0;
  readonly admission: Admission;
  readonly running = new Set<Item>();
  readonly waiting = new Set<Item>();
  /** In the order in which they went. */
  readonly went: Item[] = [];
  readonly pools: Record<string, number>;
  readonly fullAt = new Map<string, number>();
  readonly #alarms = new Set<{ readonly atMs: number; readonly ring: () => void }>();
  readonly #buckets = new Map<string, Bucket>();

  constructor(workers: number, pools: Readonly<Record<string, number>> = {}) {
    this.pools = { ...pools };
    this.admission = new Admission({
      limitOf: ({ label, limit }) => limit ?? this.pools[label] ?? 1,
      impliedBy: () => undefined,
      fullAtMs: (rate) => this.fullAt.get(rate) ?? 0,
      alarm: (atMs, ring) => {
        const alarm = { atMs, ring };
        this.#alarms.add(alarm);
        return () => this.#alarms.delete(alarm);
      },
    });
    this.admission.workers.limit = workers;
  }

  add(work: Work): Item {
    const item = new Item(work, this.#bucketOf(work), this.nowMs);
    this.waiting.add(item);
    this.admission.add(item, this.nowMs);
    return item;
  }

  addMany(count: number, work: Work): readonly Item[] {
    return Array.from({ length: count }, () => this.add(work));
  }

  /** Lets all go that may. */
  go(): readonly Item[] {
    const gone: Item[] = [];
    for (let item = this.#next(); item !== undefined; item = this.#next()) gone.push(item);
    return gone;
  }

  #next(): Item | undefined {
    const item = this.admission.next(this.nowMs) as Item | undefined;
    if (item === undefined) return undefined;
    this.waiting.delete(item);
    this.running.add(item);
    this.went.push(item);
    return item;
  }

  end(item: Item): void {
    this.running.delete(item);
    this.admission.release(item, this.nowMs);
  }

  /** Ends what has run longest. */
  endFirst(): void {
    const [first] = this.running;
    if (first !== undefined) this.end(first);
  }

  cancel(item: Item): void {
    this.waiting.delete(item);
    this.admission.remove(item, this.nowMs);
  }

  resize(pool: string, slots: number): void {
    this.pools[pool] = slots;
    this.admission.resize(`pool ${pool}`, slots, this.nowMs);
  }

  /** Lets time pass, and alarms ring on the way; after each, all go that may. */
  pass(ms: number): void {
    const end = this.nowMs + ms;
    for (;;) {
      const due = [...this.#alarms].filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#alarms.delete(due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.ring();
      this.go();
    }
    this.nowMs = end;
  }

  get alarms(): number {
    return this.#alarms.size;
  }

  #bucketOf(work: Work): Bucket {
    const { flow = "flow", class: runClass = "live", priority = 0 } = work;
    const claims = claimsOf(work);
    const key = JSON.stringify([flow, runClass, priority, claims]);
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const bucket = new Bucket({ flow, class: runClass, priority, claims, isPassing: work.task !== undefined });
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

function claimsOf({ pools = {}, task, rate }: Work): Claim[] {
  const claims: Claim[] = Object.entries(pools).map(([pool, units]) => ({
    kind: "pool",
    resource: `pool ${pool}`,
    label: pool,
    units,
    limit: null,
    rate: null,
  }));
  if (task !== undefined) {
    const { name, limit } = task;
    claims.push({ kind: "task", resource: `task ${name}`, label: name, units: 1, limit, rate: null });
  }
  if (rate !== undefined) {
    const { name, policy } = rate;
    claims.push({ kind: "rate", resource: `rate ${name}`, label: name, units: 1, limit: null, rate: policy });
  }
  return claims;
}
