import type { RunClass } from "@millrace/core";
import type { Bucket, Candidate, Resource } from "./resource.ts";
import { levelOf } from "./resource.ts";

/** What one flow, class and priority would be served from. */
interface Party {
  readonly class: RunClass;
  readonly priority: number;
  readonly units: number;
  level: number;
  held: number;
  seq: number;
  /** What is left of its buckets, each from its first that has not been named. */
  readonly cursors: Candidate[];
}

/**
 * Who waits for a resource, first in line first, as if slots came free one by one and nobody else came: for people. It
 * takes the time that naming so many takes, whoever waits behind them.
 */
export function inLine(resource: Resource, most: number, nowMs: number): readonly Candidate[] {
  const parties = partiesOf(resource);
  const named: Candidate[] = [];
  let seq = Number.MAX_SAFE_INTEGER - most;
  while (named.length < most) {
    const party = firstOf(parties, resource.classes.isBackfillOwed && named.length === 0);
    if (party === undefined) break;
    party.cursors.sort((a, b) => a.order - b.order);
    const candidate = party.cursors.shift() as Candidate;
    if (candidate.behind !== null) party.cursors.push(candidate.behind);
    named.push(candidate);
    seq += 1;
    party.held += party.units;
    party.seq = seq;
    party.level = levelOf(party.priority, nowMs);
  }
  return named;
}

function partiesOf(resource: Resource): readonly Party[] {
  const parties = new Map<string, Party>();
  for (const bucket of bucketsOf(resource)) {
    if (bucket.head === null) continue;
    const known = parties.get(bucket.turnKey);
    if (known !== undefined) {
      known.cursors.push(bucket.head);
      continue;
    }
    const turn = bucket.at === resource ? bucket.turn : null;
    const need = bucket.needs?.find((each) => each.resource === resource) ?? bucket.worker;
    parties.set(bucket.turnKey, {
      class: bucket.class,
      priority: bucket.priority,
      units: need?.units ?? 1,
      level: turn?.level ?? levelOf(bucket.priority, bucket.sinceMs),
      held: need?.share.held ?? 0,
      seq: turn?.seq ?? bucket.seq,
      cursors: [bucket.head],
    });
  }
  return [...parties.values()];
}

/** Those who claim it, wherever they stand; of the workers, whom everybody needs, those who wait for nothing else. */
function bucketsOf(resource: Resource): Iterable<Bucket> {
  if (resource.kind !== "workers") return resource.buckets;
  const turns = [...resource.line.turns("live"), ...resource.line.turns("backfill")];
  return turns.flatMap((turn) => turn.buckets.items());
}

function firstOf(parties: readonly Party[], isBackfillFirst: boolean): Party | undefined {
  let first: Party | undefined;
  for (const party of parties) {
    if (party.cursors.length > 0 && (first === undefined || precedes(party, first, isBackfillFirst))) first = party;
  }
  return first;
}

function precedes(a: Party, b: Party, isBackfillFirst: boolean): boolean {
  if (a.class !== b.class) return (a.class === "backfill") === isBackfillFirst;
  if (a.level !== b.level) return a.level < b.level;
  return a.held === b.held ? a.seq < b.seq : a.held < b.held;
}
