import type { RunClass } from "@millrace/core";
import type { Claim, ResourceKind } from "./claim.ts";
import { ClassShare } from "./class-share.ts";
import { Heap, type HeapItem } from "./heap.ts";
import type { TokenBucket } from "./token-bucket.ts";

// Who waits, and for what. A bucket knows the resources it needs, a resource the line of those that wait for it, and a
// line the buckets in it: three views of one thing, which is why they share a file.

/** Something that waits for a worker. The fields that are not `bucket` belong to admission. */
export interface Candidate {
  /** The line it stands in: with others of its flow, class and priority that claim the same. */
  readonly bucket: Bucket;
  /** Given when it gets in line; the smaller goes first. */
  order: number;
  isWaiting: boolean;
  /** Whether a worker here is among what it holds. */
  holdsWorker: boolean;
  ahead: Candidate | null;
  behind: Candidate | null;
}

/** One of a bucket's claims, tied to what it is a claim on. */
export interface Need {
  readonly resource: Resource;
  readonly units: number;
  readonly share: Share;
  /** Where the bucket stands, or would stand, in the resource's line. */
  readonly turn: Turn;
}

/** What the candidates of a bucket have in common. */
export interface BucketTraits {
  readonly flow: string;
  readonly class: RunClass;
  readonly priority: number;
  readonly claims: readonly Claim[];
  /** Made for one run, and forgotten with it: its claims hold a key. */
  readonly isPassing?: boolean;
}

/**
 * Candidates that claim the same, first come first served: if the first cannot go, none can, and none is looked at. A
 * bucket that is not empty stands in the line of exactly one resource: one that has no room for it, or the workers'.
 */
export class Bucket implements HeapItem {
  readonly flow: string;
  readonly class: RunClass;
  readonly priority: number;
  readonly claims: readonly Claim[];
  readonly isPassing: boolean;
  /** By which a line knows whose turn it is part of. */
  readonly turnKey: string;
  heapIndex = -1;
  head: Candidate | null = null;
  #tail: Candidate | null = null;
  size = 0;
  /** How many of its candidates have gone and not come back. */
  held = 0;
  /** What a candidate needs beside a worker. Null while the bucket is not tied to any resource. */
  needs: readonly Need[] | null = null;
  worker: Need | null = null;
  at: Resource | null = null;
  turn: Turn | null = null;
  /** It stands in the workers' line on behalf of this resource, which has room for it. */
  scoutFor: Resource | null = null;
  /** When it was last served, or else ceased to be empty; and its rank among all such moments. */
  sinceMs = 0;
  seq = 0;
  /** It has waited so long for room that room is kept for it. The older, the smaller, and the older wins. */
  reservation: number | null = null;

  constructor({ flow, class: runClass, priority, claims, isPassing = false }: BucketTraits) {
    this.flow = flow;
    this.class = runClass;
    this.priority = priority;
    this.claims = claims;
    this.isPassing = isPassing;
    this.turnKey = `${runClass === "live" ? "l" : "b"}${priority} ${flow}`;
  }

  append(candidate: Candidate): void {
    candidate.isWaiting = true;
    candidate.ahead = this.#tail;
    candidate.behind = null;
    if (this.#tail === null) this.head = candidate;
    else this.#tail.behind = candidate;
    this.#tail = candidate;
    this.size += 1;
  }

  /** Takes a candidate out, wherever it stands. */
  unlink(candidate: Candidate): void {
    const { ahead, behind } = candidate;
    if (ahead === null) this.head = behind;
    else ahead.behind = behind;
    if (behind === null) this.#tail = ahead;
    else behind.ahead = ahead;
    candidate.isWaiting = false;
    candidate.ahead = null;
    candidate.behind = null;
    this.size -= 1;
  }
}

/** A minute without being served is worth a point of priority. */
const AGEING_MS = 60_000;

/**
 * Where work of a priority stands after it has waited since an instant; the smaller goes first. It grows by one a minute
 * of later arrival and falls by one a point of priority. In whole minutes, so that what differs by less is equal, and
 * fairness decides; and never computed again while one waits: all that wait grow older together.
 */
export function levelOf(priority: number, sinceMs: number): number {
  return Math.floor(sinceMs / AGEING_MS) - priority;
}

/** The buckets of one flow, class and priority in a line. They go in turn with those of others. */
export class Turn implements HeapItem {
  heapIndex = -1;
  readonly share: Share;
  readonly priority: number;
  readonly units: number;
  readonly class: RunClass;
  level = 0;
  /** When it was served last, among all that were: the longer ago, the smaller. */
  seq = 0;
  readonly buckets = new Heap<Bucket>(cameFirst);
  /** Where it stands while it has buckets. */
  readonly among: Heap<Turn>;

  constructor(bucket: Bucket, share: Share, rank: Rank) {
    this.share = share;
    this.priority = bucket.priority;
    this.class = bucket.class;
    this.units = rank.units;
    this.among = rank[bucket.class];
  }
}

/** Those that a resource keeps room for first: what is scarce must not stand idle behind their own flow's other work. */
function cameFirst(a: Bucket, b: Bucket): boolean {
  const isScout = a.scoutFor !== null;
  if (isScout !== (b.scoutFor !== null)) return isScout;
  return (a.head?.order ?? 0) < (b.head?.order ?? 0);
}

/** The turn's flow was served by way of a bucket: it is the turn of others. */
export function served(turn: Turn, { sinceMs, seq }: Bucket): void {
  if (turn.heapIndex === -1) return;
  turn.level = levelOf(turn.priority, sinceMs);
  turn.seq = seq;
  turn.among.moved(turn);
}

/** By level; then whose flow holds less of the resource; then who was served longer ago. */
function goesFirst(a: Turn, b: Turn): boolean {
  if (a.level !== b.level) return a.level < b.level;
  if (a.share.held !== b.share.held) return a.share.held < b.share.held;
  return a.seq < b.seq;
}

/** Those who want the same number of units. */
interface Rank {
  readonly units: number;
  readonly turns: Map<string, Turn>;
  readonly live: Heap<Turn>;
  readonly backfill: Heap<Turn>;
}

/**
 * Who waits for one resource. All acts cost the logarithm of the flows that wait, and the number of different sizes that
 * claims on the resource have.
 */
class Line {
  /** By their units, the smallest first. */
  readonly #ranks: Rank[] = [];
  readonly waiting: Record<RunClass, number> = { live: 0, backfill: 0 };

  get isEmpty(): boolean {
    return this.waiting.live === 0 && this.waiting.backfill === 0;
  }

  /** The turn that a bucket shares with others of its flow, class, priority and size. */
  turnFor(bucket: Bucket, units: number, share: Share): Turn {
    const rank = this.#rankOf(units);
    const known = rank.turns.get(bucket.turnKey);
    if (known !== undefined) return known;
    const turn = new Turn(bucket, share, rank);
    rank.turns.set(bucket.turnKey, turn);
    share.turns.push(turn);
    return turn;
  }

  add(bucket: Bucket, turn: Turn): void {
    bucket.turn = turn;
    turn.buckets.push(bucket);
    this.waiting[bucket.class] += 1;
    if (turn.heapIndex !== -1) return;
    turn.level = levelOf(turn.priority, bucket.sinceMs);
    turn.seq = bucket.seq;
    turn.among.push(turn);
  }

  remove(bucket: Bucket): void {
    const { turn } = bucket;
    if (turn === null) return;
    bucket.turn = null;
    turn.buckets.remove(bucket);
    this.waiting[bucket.class] -= 1;
    if (turn.buckets.size === 0) turn.among.remove(turn);
  }

  /** The first of a class that wants no more than so much. */
  first(runClass: RunClass, units: number): Bucket | undefined {
    let best: Turn | undefined;
    for (const rank of this.#ranks) {
      if (rank.units > units) break;
      const turn = rank[runClass].peek();
      if (turn !== undefined && (best === undefined || goesFirst(turn, best))) best = turn;
    }
    return best?.buckets.peek();
  }

  /** All turns of a class, in no order. For people. */
  *turns(runClass: RunClass): Iterable<Turn> {
    for (const rank of this.#ranks) yield* rank[runClass].items();
  }

  #rankOf(units: number): Rank {
    const ranks = this.#ranks;
    let at = 0;
    while (at < ranks.length && (ranks[at] as Rank).units < units) at += 1;
    const found = ranks[at];
    if (found !== undefined && found.units === units) return found;
    const made = { units, turns: new Map<string, Turn>(), live: new Heap(goesFirst), backfill: new Heap(goesFirst) };
    ranks.splice(at, 0, made);
    return made;
  }
}

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
