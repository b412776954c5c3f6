import { Heap, type HeapItem } from "./bucket-heap.ts";

/** What admission needs to know of something that waits for a worker. */
export interface Candidate extends HeapItem {
  /** Higher goes first. */
  readonly priority: number;
  /** Given by admission; among equals the smaller goes first. */
  order: number;
  /** The limits it comes under. Equal lists share a bucket. */
  readonly claims: readonly Claim[];
  bucket: Bucket | null;
}

/** So many slots of one limit: of a pool, or of a task's own concurrency. */
export interface Claim {
  readonly resource: string;
  readonly slots: number;
  /** The limit when the resource is first met. */
  readonly limit: number;
}

/** A limit, and how much of it is taken. */
export interface Resource {
  readonly name: string;
  limit: number;
  used: number;
  readonly blocked: Set<Bucket>;
}

/** Candidates that come under the same limits: if the first cannot go, none can, and none is looked at. */
export class Bucket implements HeapItem {
  heapIndex = -1;
  readonly claims: readonly { readonly resource: Resource; readonly slots: number }[];
  readonly waiting = new Heap<Candidate>(goesFirst);
  blockedBy: Resource | null = null;

  constructor(claims: Bucket["claims"]) {
    this.claims = claims;
  }
}

function goesFirst(a: Candidate, b: Candidate): boolean {
  return a.priority === b.priority ? a.order < b.order : a.priority > b.priority;
}

/**
 * Chooses who goes next. Work that is blocked by a limit stands in a bucket that is set aside as a whole until the
 * limit has room, so it is never scanned, and never hides work that could run.
 */
export class Admission {
  readonly #resources = new Map<string, Resource>();
  readonly #buckets = new Map<string, Bucket>();
  readonly #open = new Heap<Bucket>((a, b) => goesFirst(a.waiting.peek() as Candidate, b.waiting.peek() as Candidate));
  readonly #pools: Readonly<Record<string, number>>;
  #order = 0;
  #waiting = 0;

  constructor(pools: Readonly<Record<string, number>>) {
    this.#pools = pools;
  }

  get waiting(): number {
    return this.#waiting;
  }

  add(candidate: Candidate): void {
    this.#order += 1;
    candidate.order = this.#order;
    const bucket = this.#bucketOf(candidate.claims);
    candidate.bucket = bucket;
    bucket.waiting.push(candidate);
    this.#waiting += 1;
    if (bucket.blockedBy !== null) return;
    if (bucket.heapIndex === -1) this.#open.push(bucket);
    else this.#open.moved(bucket);
  }

  /** Takes a candidate out that no longer wants to go. */
  remove(candidate: Candidate): void {
    const { bucket } = candidate;
    if (bucket === null || candidate.heapIndex === -1) return;
    this.#waiting -= 1;
    if (bucket.heapIndex !== -1) this.#open.remove(bucket);
    bucket.waiting.remove(candidate);
    candidate.bucket = null;
    this.#reopen(bucket);
  }

  /** The next that may go, its slots taken; undefined when nobody can. */
  next(): Candidate | undefined {
    for (let bucket = this.#open.peek(); bucket !== undefined; bucket = this.#open.peek()) {
      const full = bucket.claims.find(({ resource, slots }) => resource.used + slots > resource.limit);
      this.#open.remove(bucket);
      if (full !== undefined) {
        bucket.blockedBy = full.resource;
        full.resource.blocked.add(bucket);
        continue;
      }
      const candidate = bucket.waiting.pop() as Candidate;
      this.#waiting -= 1;
      for (const { resource, slots } of bucket.claims) resource.used += slots;
      this.#reopen(bucket);
      return candidate;
    }
    return undefined;
  }

  /** Takes the slots of one that holds them already (adopted after a failover), whether there is room or not. */
  take(candidate: Candidate): void {
    const bucket = this.#bucketOf(candidate.claims);
    candidate.bucket = bucket;
    for (const { resource, slots } of bucket.claims) resource.used += slots;
  }

  /** Gives the slots of one that went back. */
  release(candidate: Candidate): void {
    const { bucket } = candidate;
    if (bucket === null) return;
    candidate.bucket = null;
    for (const { resource, slots } of bucket.claims) {
      resource.used -= slots;
      for (const waiting of resource.blocked) {
        waiting.blockedBy = null;
        this.#reopen(waiting);
      }
      resource.blocked.clear();
    }
  }

  /** The limit that keeps a waiting candidate from going, if one does. */
  blockerOf(candidate: Candidate): Resource | undefined {
    return candidate.bucket?.claims.find(({ resource, slots }) => resource.used + slots > resource.limit)?.resource;
  }

  #reopen(bucket: Bucket): void {
    if (bucket.blockedBy === null && bucket.heapIndex === -1 && bucket.waiting.size > 0) this.#open.push(bucket);
  }

  #bucketOf(claims: readonly Claim[]): Bucket {
    const key = claims.length === 0 ? "" : claims.map((claim) => `${claim.resource}=${claim.slots}`).join("\n");
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const bucket = new Bucket(
      claims.map((claim) => {
        const resource = this.#resourceOf(claim);
        // A claim larger than its limit could never be met: it takes everything there is.
        return { resource, slots: Math.min(claim.slots, resource.limit) };
      }),
    );
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #resourceOf(claim: Claim): Resource {
    const known = this.#resources.get(claim.resource);
    if (known !== undefined) return known;
    const limit = this.#pools[claim.resource] ?? claim.limit;
    const resource = { name: claim.resource, limit, used: 0, blocked: new Set<Bucket>() };
    this.#resources.set(claim.resource, resource);
    return resource;
  }
}
