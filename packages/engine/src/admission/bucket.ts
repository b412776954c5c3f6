import type { RunClass } from "@millrace/core";
import type { Claim } from "./claim.ts";
import type { HeapItem } from "./heap.ts";
import type { Turn } from "./line.ts";
import type { Resource, Share } from "./resource.ts";

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
