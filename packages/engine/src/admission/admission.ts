import { type Claim, inOrder } from "./claim.ts";
import type { Bucket, Candidate, Need } from "./resource.ts";
import { RESERVE_MS, Resource, served } from "./resource.ts";
import { TokenBucket } from "./token-bucket.ts";

/** What admission asks of whoever owns it. */
export interface AdmissionHost {
  /** How much there is of what a claim names: of a pool, or of the executor's processors and memory. */
  limitOf(claim: Claim): number;
  /** What else a claim comes with: the rate of a pool. */
  impliedBy(claim: Claim): Claim | undefined;
  /** When the bucket of this rate will be full again, as it was before a restart; 0 when nobody has used it lately. */
  fullAtMs(rate: string): number;
  /** Calls back at an instant. Returns what cancels it. */
  alarm(atMs: number, ring: () => void): () => void;
}

/**
 * Chooses who goes next. Everything that waits stands in the line of one resource: of the first that has no room for it,
 * or of the workers. What a resource gives back costs it one look at the first of its own line, whatever else waits;
 * so blocked work is never scanned, and never hides work that could run.
 *
 * The first of a resource's line that may go is its scout: it moves to the workers' line, where all that could run now
 * meet. A resource has one scout at a time, and sends the next when that one has gone, or has met another limit.
 */
export class Admission {
  readonly workers = new Resource({ kind: "workers", name: "workers", label: "workers", limit: 0, tokens: null });
  readonly #host: AdmissionHost;
  readonly #resources = new Map<string, Resource>();
  /** Rates that gave a token since somebody asked. */
  readonly #spent = new Set<Resource>();
  /** Rates that nobody waits for, and whose buckets are not full yet. */
  readonly #cooling = new Set<Resource>();
  #order = 0;
  #seq = 0;
  #reservations = 0;
  #waiting = 0;
  /** How many buckets were looked at so far: what admission costs, beside the logarithm of each look. */
  looks = 0;

  constructor(host: AdmissionHost) {
    this.#host = host;
  }

  /** How many candidates wait. */
  get waiting(): number {
    return this.#waiting;
  }

  add(candidate: Candidate, nowMs: number): void {
    const { bucket } = candidate;
    this.#order += 1;
    candidate.order = this.#order;
    bucket.append(candidate);
    this.#waiting += 1;
    if (bucket.size > 1) return;
    for (const { resource } of this.#needsOf(bucket)) resource.buckets.add(bucket);
    this.#stamp(bucket, nowMs);
    this.#park(bucket, nowMs);
  }

  /** Takes a candidate out that no longer wants to go. */
  remove(candidate: Candidate, nowMs: number): void {
    if (!candidate.isWaiting) return;
    const { bucket } = candidate;
    const wasFirst = bucket.head === candidate;
    bucket.unlink(candidate);
    this.#waiting -= 1;
    if (bucket.size === 0) this.#emptied(bucket, nowMs);
    else if (wasFirst) bucket.turn?.buckets.moved(bucket);
  }

  /** The next that may go, with all that it claims; undefined when nobody can. */
  next(nowMs: number): Candidate | undefined {
    const { workers } = this;
    while (workers.used < workers.limit) {
      const bucket = this.#firstIn(workers, nowMs);
      if (bucket === undefined) return undefined;
      const full = this.#needsOf(bucket).find((need) => !need.resource.hasRoomFor(bucket, need.units, nowMs));
      if (full === undefined) return this.#admit(bucket, nowMs);
      this.#leave(bucket, nowMs);
      this.#enter(bucket, full, nowMs);
      // What it has no room for, it may have again at an instant that it knows.
      this.#wake(full.resource, nowMs);
    }
    return undefined;
  }

  /**
   * What one takes that goes, or that has gone before (adopted after a failover): then whether there is room or not, and
   * without another token.
   */
  take(candidate: Candidate, nowMs: number, takesWorker = true): void {
    const { bucket } = candidate;
    for (const need of this.#needsOf(bucket)) need.resource.take(bucket, need, nowMs);
    candidate.holdsWorker = takesWorker;
    if (takesWorker) this.workers.take(bucket, bucket.worker as Need, nowMs);
    bucket.held += 1;
  }

  /** Gives back what one held. */
  release(candidate: Candidate, nowMs: number): void {
    const { bucket } = candidate;
    const needs = this.#needsOf(bucket);
    if (candidate.holdsWorker) this.workers.give(bucket, bucket.worker as Need, nowMs);
    candidate.holdsWorker = false;
    for (const need of needs) need.resource.give(bucket, need, nowMs);
    bucket.held -= 1;
    for (const { resource } of needs) this.#wake(resource, nowMs);
    this.#forget(bucket, nowMs);
  }

  /** There is more or less of a resource from now on. Nobody loses what he holds. */
  resize(name: string, limit: number, nowMs: number): void {
    const resource = this.#resources.get(name);
    if (resource === undefined || resource.limit === limit) return;
    resource.limit = limit;
    // Room that is kept elsewhere for those who cannot go is of no use to anybody.
    if (limit === 0) for (const bucket of resource.buckets) this.#giveUp(bucket, nowMs);
    this.#wake(resource, nowMs);
  }

  find(name: string): Resource | undefined {
    return name === this.workers.name ? this.workers : this.#resources.get(name);
  }

  resources(): Iterable<Resource> {
    return this.#resources.values();
  }

  /** What keeps a waiting candidate from going; undefined when it only waits for its turn, or for a worker. */
  blockerOf(candidate: Candidate, nowMs: number): Resource | undefined {
    const { bucket } = candidate;
    const isFull = ({ resource, units }: Need): boolean => !resource.hasRoomFor(bucket, units, nowMs);
    const full = this.#needsOf(bucket).find(isFull)?.resource;
    if (full !== undefined || bucket.at === this.workers) return full;
    return bucket.at ?? undefined;
  }

  /** Rates that were used since the last call, with when their buckets will be full again: what is to be written. */
  spentRates(): readonly { readonly name: string; readonly fullAtMs: number }[] {
    if (this.#spent.size === 0) return [];
    const spent = [...this.#spent].map(({ name, tokens }) => ({ name, fullAtMs: tokens?.fullAtMs ?? 0 }));
    this.#spent.clear();
    return spent;
  }

  /** Sets all alarms off; nothing is called back any more. */
  stop(): void {
    for (const resource of [this.workers, ...this.#resources.values()]) this.#disarm(resource);
  }

  #admit(bucket: Bucket, nowMs: number): Candidate {
    const candidate = bucket.head as Candidate;
    const needs = this.#needsOf(bucket);
    bucket.unlink(candidate);
    this.#waiting -= 1;
    this.take(candidate, nowMs);
    this.#stamp(bucket, nowMs);
    for (const { resource, turn } of needs) {
      this.#spend(resource, nowMs);
      served(turn, bucket);
    }
    this.#unreserve(bucket);
    if (bucket.size === 0) this.#emptied(bucket, nowMs);
    else this.#goBack(bucket, nowMs);
    for (const { resource } of needs) this.#wake(resource, nowMs);
    return candidate;
  }

  /** After it was served a bucket waits where others wait with it, so that theirs is the next turn. */
  #goBack(bucket: Bucket, nowMs: number): void {
    bucket.turn?.buckets.moved(bucket);
    if (bucket.needs?.length === 0) {
      served((bucket.worker as Need).turn, bucket);
      return;
    }
    this.#leave(bucket, nowMs);
    this.#park(bucket, nowMs);
  }

  /** Puts a bucket into the line of the first resource that is full or has a line already, else into the workers'. */
  #park(bucket: Bucket, nowMs: number): void {
    const crowded = this.#needsOf(bucket).find(
      ({ resource, units }) => !resource.line.isEmpty || !resource.hasRoomFor(bucket, units, nowMs),
    );
    this.#enter(bucket, crowded ?? (bucket.worker as Need), nowMs);
    if (crowded !== undefined) this.#wake(crowded.resource, nowMs);
  }

  #enter(bucket: Bucket, need: Need, nowMs: number): void {
    const { resource } = need;
    // Who reserves keeps what there is of each limit on the way; who waits for time, or for people, keeps nothing.
    if (resource.tokens !== null || resource.limit === 0) this.#giveUp(bucket, nowMs);
    resource.enter(bucket, need, nowMs);
  }

  /** Takes a bucket out of its line, and lets whoever sent it send another. */
  #leave(bucket: Bucket, nowMs: number): void {
    bucket.at?.leave(bucket, nowMs);
    const sender = bucket.scoutFor;
    if (sender === null) return;
    bucket.scoutFor = null;
    sender.scout = null;
    this.#wake(sender, nowMs);
  }

  #emptied(bucket: Bucket, nowMs: number): void {
    const kept = this.#unreserve(bucket);
    for (const { resource } of this.#needsOf(bucket)) resource.buckets.delete(bucket);
    this.#leave(bucket, nowMs);
    for (const resource of kept) this.#wake(resource, nowMs);
    this.#forget(bucket, nowMs);
  }

  /** Lets the first of a line go on, if the resource has room for it and has not sent another as good. */
  #wake(resource: Resource, nowMs: number): void {
    if (resource.line.isEmpty || resource === this.workers) return;
    const bucket = this.#firstIn(resource, nowMs);
    if (bucket === undefined) return;
    const { scout } = resource;
    if (scout !== null) {
      if (!resource.prefers(bucket, scout)) return;
      this.workers.leave(scout, nowMs);
      scout.scoutFor = null;
      resource.enter(scout, needOf(scout, resource), nowMs);
    }
    resource.leave(bucket, nowMs);
    resource.scout = bucket;
    bucket.scoutFor = resource;
    this.workers.enter(bucket, bucket.worker as Need, nowMs);
  }

  /** The first of a line that may go, as far as this resource goes. */
  #firstIn(resource: Resource, nowMs: number): Bucket | undefined {
    const { classes, line, reservedBy, limit, used } = resource;
    if (resource.tokens === null ? used >= limit : !this.#hasToken(resource, nowMs)) return undefined;
    classes.settle(limit, nowMs);
    if (reservedBy?.at === resource && isFree(reservedBy, resource, nowMs)) return reservedBy;
    let large: Bucket | undefined;
    for (const runClass of classes.isBackfillOwed ? BACKFILL_FIRST : LIVE_FIRST) {
      const first = line.first(runClass, Number.POSITIVE_INFINITY);
      if (first === undefined) continue;
      this.looks += 1;
      let found = isFree(first, resource, nowMs) ? first : undefined;
      if (found === undefined) {
        large ??= first;
        if (runClass === "backfill") this.#arm(resource, classes.keptUntilMs, nowMs);
        const room = runClass === "live" ? limit : classes.roomForBackfill(limit, nowMs);
        const smaller = line.first(runClass, Math.min(limit - used, room));
        if (smaller !== undefined && isFree(smaller, resource, nowMs)) found = smaller;
      }
      if (found === undefined) continue;
      return large !== undefined && this.#reserve(large, resource, nowMs) ? undefined : found;
    }
    return undefined;
  }

  #hasToken(resource: Resource, nowMs: number): boolean {
    const atMs = resource.tokens?.nextMs(nowMs) ?? nowMs;
    this.#arm(resource, atMs, nowMs);
    return atMs <= nowMs;
  }

  /** Another would go before one who has waited long for more than is free: from now on that is kept for him. */
  #reserve(bucket: Bucket, resource: Resource, nowMs: number): boolean {
    if (resource.reservedBy !== null || resource === this.workers || nowMs - bucket.sinceMs < RESERVE_MS) return false;
    if (bucket.reservation === null) {
      this.#reservations += 1;
      bucket.reservation = this.#reservations;
    }
    resource.reserve(bucket);
    return true;
  }

  /** Gives up what was kept for a bucket, to whoever waits there. */
  #giveUp(bucket: Bucket, nowMs: number): void {
    for (const resource of this.#unreserve(bucket)) this.#wake(resource, nowMs);
  }

  #unreserve(bucket: Bucket): readonly Resource[] {
    if (bucket.reservation === null) return [];
    bucket.reservation = null;
    const kept = this.#needsOf(bucket).flatMap(({ resource }) => (resource.reservedBy === bucket ? [resource] : []));
    for (const { resource } of this.#needsOf(bucket)) resource.unreserve(bucket);
    return kept;
  }

  #spend(resource: Resource, nowMs: number): void {
    if (resource.tokens === null) return;
    resource.tokens.take(nowMs);
    this.#spent.add(resource);
  }

  #stamp(bucket: Bucket, nowMs: number): void {
    this.#seq += 1;
    bucket.sinceMs = nowMs;
    bucket.seq = this.#seq;
  }

  /** Has the resource looked at again at an instant that is still to come. */
  #arm(resource: Resource, atMs: number, nowMs: number): void {
    if (atMs <= nowMs || (resource.alarm !== null && resource.alarm.atMs <= atMs)) return;
    this.#disarm(resource);
    resource.alarm = { atMs, cancel: this.#host.alarm(atMs, () => this.#ring(resource, atMs)) };
  }

  #ring(resource: Resource, atMs: number): void {
    resource.alarm = null;
    this.#wake(resource, atMs);
  }

  #disarm(resource: Resource): void {
    resource.alarm?.cancel();
    resource.alarm = null;
  }

  /** Ties a bucket to the resources that its claims name. */
  #needsOf(bucket: Bucket): readonly Need[] {
    if (bucket.needs !== null) return bucket.needs;
    bucket.worker = this.workers.needOf(bucket, 1);
    const implied = bucket.claims.flatMap((claim) => this.#host.impliedBy(claim) ?? []);
    bucket.needs = inOrder([...bucket.claims, ...implied]).map((claim) => {
      const resource = this.#resourceOf(claim);
      resource.uses += 1;
      return resource.needOf(bucket, claim.units);
    });
    return bucket.needs;
  }

  /** What was made for one run goes with it: keys would pile up for ever. */
  #forget(bucket: Bucket, nowMs: number): void {
    if (!bucket.isPassing || bucket.size > 0 || bucket.held > 0) return;
    for (const { resource } of bucket.needs ?? NO_NEEDS) {
      resource.uses -= 1;
      if (resource.tokens !== null) this.#cooling.add(resource);
      else this.#drop(resource);
    }
    bucket.needs = null;
    // A rate that was used is remembered until it makes no difference.
    for (const resource of this.#cooling) {
      if (resource.uses === 0 && (resource.tokens?.fullAtMs ?? 0) > nowMs) break;
      this.#cooling.delete(resource);
      this.#drop(resource);
    }
  }

  #drop(resource: Resource): void {
    if (resource.uses > 0 || resource.used > 0) return;
    this.#disarm(resource);
    this.#resources.delete(resource.name);
  }

  #resourceOf(claim: Claim): Resource {
    const { kind, resource: name, label, rate } = claim;
    const known = this.#resources.get(name);
    if (known !== undefined) {
      // Of two versions of a flow the one that came last is right.
      if (rate !== null) known.tokens?.change(rate);
      else if (claim.limit !== null) known.limit = claim.limit;
      return known;
    }
    const tokens = rate === null ? null : new TokenBucket(rate, this.#host.fullAtMs(name));
    const limit = rate === null ? this.#host.limitOf(claim) : Number.MAX_SAFE_INTEGER;
    const resource = new Resource({ kind, name, label, limit, tokens });
    this.#resources.set(name, resource);
    return resource;
  }
}

const NO_NEEDS: readonly Need[] = [];
const LIVE_FIRST = ["live", "backfill"] as const;
const BACKFILL_FIRST = ["backfill", "live"] as const;

function needOf(bucket: Bucket, resource: Resource): Need {
  return (bucket.needs?.find((need) => need.resource === resource) ?? bucket.worker) as Need;
}

/** Whether one that stands in the resource's line may take what it claims. */
function isFree(bucket: Bucket, resource: Resource, nowMs: number): boolean {
  return resource.hasRoomFor(bucket, bucket.turn?.units ?? 1, nowMs);
}
