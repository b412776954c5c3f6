import type { ActiveRun } from "./active-run.ts";
import { Admission } from "./admission/admission.ts";
import { Bucket, type Candidate } from "./admission/resource.ts";

/** A run in line before the gate. */
class Ticket implements Candidate {
  readonly run: ActiveRun;
  readonly bucket: Bucket;
  order = 0;
  isWaiting = false;
  holdsWorker = false;
  ahead: Candidate | null = null;
  behind: Candidate | null = null;

  constructor(run: ActiveRun, limit: number) {
    this.run = run;
    const { spec } = run.flow;
    const { concurrencyKey } = run.made;
    const name = concurrencyKey === null ? spec.name : `${spec.name}\n${concurrencyKey}`;
    const claim = { kind: "task", resource: name, label: name, units: 1, limit, rate: null } as const;
    this.bucket = new Bucket({
      flow: spec.name,
      class: run.made.class,
      priority: 0,
      claims: [claim],
      isPassing: true,
    });
  }
}

/**
 * How many runs of a flow (or of one key of it) go on at once. The others stay queued, first come first served, live
 * runs before backfill; the two share a flow as they share everything else.
 */
export class RunGate {
  readonly #admission: Admission;
  readonly #tickets = new Map<ActiveRun, Ticket>();

  /** @param alarm calls back at an instant: then `next` may have more. Returns what cancels it. */
  constructor(alarm: (atMs: number, ring: () => void) => () => void) {
    this.#admission = new Admission({ limitOf: () => 1, fullAtMs: () => 0, impliedBy: () => undefined, alarm });
    this.#admission.workers.limit = Number.MAX_SAFE_INTEGER;
  }

  /** The run wants to start. Without a limit it may at once; else it gets in line, and `next` gives it in its turn. */
  enter(run: ActiveRun, nowMs: number): boolean {
    const ticket = this.#ticketOf(run);
    if (ticket === undefined) return true;
    this.#admission.add(ticket, nowMs);
    return false;
  }

  /** Runs whose turn has come. */
  next(nowMs: number): readonly ActiveRun[] {
    const runs: ActiveRun[] = [];
    for (;;) {
      const ticket = this.#admission.next(nowMs) as Ticket | undefined;
      if (ticket === undefined) return runs;
      runs.push(ticket.run);
    }
  }

  /** Counts a run that was running already (after a restart). */
  admit(run: ActiveRun, nowMs: number): void {
    const ticket = this.#ticketOf(run);
    if (ticket !== undefined) this.#admission.take(ticket, nowMs);
  }

  /** The run is over, or waits no more, or is about to be read again. */
  leave(run: ActiveRun, nowMs: number): void {
    const ticket = this.#tickets.get(run);
    if (ticket === undefined) return;
    this.#tickets.delete(run);
    if (ticket.isWaiting) this.#admission.remove(ticket, nowMs);
    else this.#admission.release(ticket, nowMs);
  }

  /** The runs that a waiting run waits for. */
  holders(run: ActiveRun): readonly ActiveRun[] {
    const name = this.#nameOf(run);
    return [...this.#tickets.values()]
      .filter((ticket) => !ticket.isWaiting && this.#nameOf(ticket.run) === name)
      .map((ticket) => ticket.run);
  }

  stop(): void {
    this.#admission.stop();
  }

  #nameOf(run: ActiveRun): string | undefined {
    return this.#tickets.get(run)?.bucket.claims[0]?.resource;
  }

  #ticketOf(run: ActiveRun): Ticket | undefined {
    const limit = run.flow.spec.policies.concurrency;
    if (limit === null) return undefined;
    const ticket = new Ticket(run, limit);
    this.#tickets.set(run, ticket);
    return ticket;
  }
}
