import type { Bucket, Need } from "./bucket.ts";
import type { ResourceKind } from "./claim.ts";
import { ClassShare } from "./class-share.ts";
import { Line, levelOf, type Turn } from "./line.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** After so long in line, what is freed of a resource is kept for a claim that is too large for it, in milliseconds. */
export const RESERVE_MS = 30_000;

/** What one flow holds of a resource. */
export interface Share {
  held: number;
  /** Where the flow stands in the line. */
  readonly turns: Turn[];
}

/** A thing there is only so much of, how much of it is taken, and who waits for it. */
export class Resource {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly label: string;
  limit: number;
  used = 0;
  /** Of a rate; then there is no limit to how many hold it. */
  readonly tokens: TokenBucket | null;
  readonly line = new Line();
  readonly classes: ClassShare;
  readonly #shares = new Map<string, Share>();
  /** Buckets with candidates that claim it, wherever they wait. */
  readonly buckets = new Set<Bucket>();
  /** Whom it has sent to the workers' line: one at a time, the first of its own. */
  scout: Bucket | null = null;
  /** For whom what is freed is kept, wherever he stands. */
  reservedBy: Bucket | null = null;
  /** Those in its line who have a reservation, here or elsewhere. */
  readonly #reservers = new Set<Bucket>();
  /** Ends the alarm that is set for it. */
  alarm: { readonly atMs: number; readonly cancel: () => void } | null = null;
  /** Buckets whose needs name it. */
  uses = 0;

  constructor(what: Pick<Resource, "kind" | "name" | "label" | "limit" | "tokens">) {
    this.kind = what.kind;
    this.name = what.name;
    this.label = what.label;
    this.limit = what.limit;
    this.tokens = what.tokens;
    this.classes = new ClassShare(what.tokens !== null);
  }

  /** What a bucket needs of it. */
  needOf(bucket: Bucket, units: number): Need {
    let share = this.#shares.get(bucket.flow);
    if (share === undefined) {
      share = { held: 0, turns: [] };
      this.#shares.set(bucket.flow, share);
    }
    return { resource: this, units, share, turn: this.line.turnFor(bucket, units, share) };
  }

  /** Whether so many units are free. A claim on more than there will ever be takes everything there is. */
  hasFree(units: number): boolean {
    return this.used + units <= this.limit || (this.used === 0 && this.limit > 0);
  }

  /** Whether the first of the bucket may take what it claims, as far as this resource goes. */
  hasRoomFor(bucket: Bucket, units: number, nowMs: number): boolean {
    if (this.tokens !== null) return this.tokens.nextMs(nowMs) <= nowMs;
    if (!this.hasFree(units) || this.isKeptFrom(bucket)) return false;
    return bucket.class === "live" || this.classes.mayBackfill(units, this.limit, nowMs);
  }

  /** Another has waited so long that what is free is for it. Live work minds backfill only when that is owed. */
  isKeptFrom(bucket: Bucket): boolean {
    const other = this.reservedBy;
    if (other === null || other === bucket) return false;
    if (bucket.class === "live" && other.class === "backfill" && !this.classes.isBackfillOwed) return false;
    return bucket.reservation === null || (other.reservation as number) < bucket.reservation;
  }

  /** One who stands in its line keeps what there is, unless another who has waited longer does. */
  reserve(bucket: Bucket): void {
    this.#reservers.add(bucket);
    if (!this.isKeptFrom(bucket)) this.reservedBy = bucket;
  }

  /** Gives up what is kept for a bucket; who stands here with a reservation of his own is next. */
  unreserve(bucket: Bucket): void {
    this.#reservers.delete(bucket);
    if (this.reservedBy !== bucket) return;
    this.reservedBy = null;
    for (const other of this.#reservers) if (!this.isKeptFrom(other)) this.reservedBy = other;
  }

  /** Whether one goes before another of the same resource, as far as their order is not a matter of turns. */
  prefers(one: Bucket, other: Bucket): boolean {
    if (one.class !== other.class) return (one.class === "backfill") === this.classes.isBackfillOwed;
    return levelOf(one.priority, one.sinceMs) < levelOf(other.priority, other.sinceMs);
  }

  /** @param need the bucket's claim on this resource. */
  take(bucket: Bucket, { units, share }: Need, nowMs: number): void {
    this.classes.settle(this.limit, nowMs);
    if (bucket.class === "live") this.classes.sawLive(nowMs);
    if (this.tokens === null) this.#hold(bucket, share, units);
    else this.classes.started(bucket.class);
  }

  give(bucket: Bucket, { units, share }: Need, nowMs: number): void {
    if (this.tokens !== null) return;
    this.classes.settle(this.limit, nowMs);
    this.#hold(bucket, share, -units);
  }

  #hold(bucket: Bucket, share: Share, units: number): void {
    this.used += units;
    this.classes.held[bucket.class] += units;
    share.held += units;
    for (const turn of share.turns) if (turn.heapIndex !== -1) turn.among.moved(turn);
  }

  enter(bucket: Bucket, { turn }: Need, nowMs: number): void {
    this.line.add(bucket, turn);
    bucket.at = this;
    if (bucket.reservation !== null && this.kind !== "workers") this.reserve(bucket);
    if (bucket.class === "live") this.classes.sawLive(nowMs);
    this.#contend(nowMs);
  }

  leave(bucket: Bucket, nowMs: number): void {
    this.line.remove(bucket);
    this.#reservers.delete(bucket);
    bucket.at = null;
    this.#contend(nowMs);
  }

  #contend(nowMs: number): void {
    const { live, backfill } = this.line.waiting;
    this.classes.settle(this.limit, nowMs);
    this.classes.wait(live > 0 && backfill > 0);
  }
}
