import type { RunClass } from "@millrace/core";
import type { Bucket } from "./bucket.ts";
import { Heap, type HeapItem } from "./heap.ts";
import type { Share } from "./resource.ts";

/** A minute without being served is worth a point of priority. */
export const AGEING_MS = 60_000;

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
export function goesFirst(a: Turn, b: Turn): boolean {
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
export class Line {
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
