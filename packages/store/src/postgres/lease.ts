import { type Epoch, type Leadership, MillraceError } from "@millrace/core";
import type { CommitWriter, Counters } from "./commit.ts";
import { leadershipLost } from "./commit.ts";
import type { Connector } from "./connector.ts";
import { isRefusal, toStoreError } from "./failure.ts";
import { NOTIFY } from "./hints.ts";
import {
  type CountersRow,
  findCounters,
  openEpoch,
  releaseLease,
  renewLease,
  takeLease,
  trimLedger,
} from "./lease-statements.ts";
import { Link } from "./link.ts";
import { backOffMs, persist } from "./retry.ts";
import type { Queries } from "./statement.ts";

/** A lease is renewed so many times while it lasts, and trusted until so many of them have been missed but one. */
const BEATS = 3;

/** How many of its newest rows the ledger keeps. One would do. */
const LEDGER_KEEPS = 100;

/** How often a leader shortens the ledger, and looks after the rest, in beats. Both at the first. */
const BEATS_A_TRIM = 5;
const BEATS_A_LOOK = 600;

export interface LeaseParts {
  readonly connector: Connector;
  readonly writer: CommitWriter;
  /** The values for `NOTIFY` when the lease is free. */
  readonly released: readonly [string, string];
  readonly signal: AbortSignal;
  /** What a leader looks after every now and then, beginning at once; not urgent, and never waited for. */
  readonly lookAfter: () => Promise<void>;
}

/** Takes the lease for this process, and holds it. */
export class Lease {
  readonly #parts: LeaseParts;
  readonly #link: Link;
  #held: HeldLease | undefined;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#link = new Link(parts.connector, "lease");
  }

  get held(): HeldLease | undefined {
    return this.#held;
  }

  /** Undefined when another holds the lease, this store included. */
  async take(holder: string): Promise<Leadership | undefined> {
    const { connector, signal } = this.#parts;
    if (this.#held?.isTrusted() === true) return undefined;
    try {
      return await persist({ ms: connector.settings.patienceMs, signal }, () => this.#take(holder));
    } catch (error) {
      throw toStoreError(error, connector.place);
    }
  }

  async #take(holder: string): Promise<Leadership | undefined> {
    const { connector, writer, signal } = this.#parts;
    const { leaseMs } = connector.settings;
    try {
      // Whoever takes the lease is ready to lead.
      await writer.warmUp();
      const askedAt = performance.now();
      const [taken] = await this.#link.queryWithin<{ epoch: Epoch }>(leaseMs, takeLease, [holder, leaseMs]);
      if (taken === undefined) return undefined;
      const { epoch } = taken;
      const counters = await persist({ ms: leaseMs, signal }, () => openedEpoch(this.#link, epoch));
      writer.begin(epoch, counters);
      this.#held?.end();
      this.#held = new HeldLease(this.#parts, this.#link, { epoch, askedAt });
      return this.#held;
    } catch (error) {
      if (!isRefusal(error)) this.#link.drop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#held?.release();
    await this.#link.close();
  }
}

async function openedEpoch(queries: Queries, epoch: Epoch): Promise<Counters> {
  await queries.query(openEpoch, [epoch]);
  const [row] = await queries.query<CountersRow>(findCounters, []);
  if (row === undefined) throw new MillraceError("DATABASE_CORRUPT", "The ledger of the leaders is empty.");
  return {
    number: 0,
    lastRun: row.last_run,
    lastAttempt: row.last_attempt,
    lastEvent: row.last_event,
    lastEventAt: row.last_event_at,
  };
}

/**
 * A lease that this process has taken. The database decides when it is over, by its own clock. Here it is trusted for a
 * shorter time, counted from before the question that made it longer was sent: so whatever the messages took, trust ends
 * a third of the lease before another can have it.
 */
export class HeldLease implements Leadership {
  readonly epoch: Epoch;
  readonly lost: Promise<MillraceError>;
  readonly #parts: LeaseParts;
  readonly #link: Link;
  readonly #lose: (error: MillraceError) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  #trustedUntil: number;
  #isOver = false;
  /** So that the first beat does everything. */
  #beats = -1;
  #failures = 0;

  constructor(parts: LeaseParts, link: Link, at: { readonly epoch: Epoch; readonly askedAt: number }) {
    this.epoch = at.epoch;
    this.#parts = parts;
    this.#link = link;
    this.#trustedUntil = at.askedAt + this.#trustMs;
    const { promise, resolve } = Promise.withResolvers<MillraceError>();
    this.lost = promise;
    this.#lose = resolve;
    this.#later(0, () => this.#beat());
    this.#watchTrust();
  }

  isTrusted(): boolean {
    return !this.#isOver && performance.now() < this.#trustedUntil;
  }

  async release(): Promise<void> {
    if (this.#isOver) return;
    this.end();
    const { connector, released } = this.#parts;
    try {
      // What cannot be given back now ends by itself.
      const [row] = await this.#link.queryWithin<{ epoch: Epoch }>(this.#beatMs, releaseLease, [this.epoch]);
      if (row !== undefined) await this.#link.queryWithin(this.#beatMs, NOTIFY, released);
    } catch (error) {
      this.#link.drop();
      const known = toStoreError(error, connector.place);
      if (!(known instanceof MillraceError)) throw known;
    }
  }

  /** Stops to hold the lease, without a word to the database. */
  end(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#parts.writer.end(this.epoch);
  }

  /** The database has refused this epoch. */
  refused(): void {
    if (this.#isOver) return;
    this.end();
    this.#lose(leadershipLost(this.#parts.connector.place, this.epoch));
  }

  get #leaseMs(): number {
    return this.#parts.connector.settings.leaseMs;
  }

  get #beatMs(): number {
    return this.#leaseMs / BEATS;
  }

  get #trustMs(): number {
    return this.#leaseMs - this.#beatMs;
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  #watchTrust(): void {
    this.#later(Math.max(1, this.#trustedUntil - performance.now()), () => {
      if (this.isTrusted()) this.#watchTrust();
      else this.#expire();
    });
  }

  #expire(): void {
    if (this.#isOver) return;
    this.end();
    this.#lose(
      new MillraceError("LEADERSHIP_LOST", `Epoch ${this.epoch} could not renew its lease in time.`, {
        hint: "The database was away or this process was stopped for too long. Another may lead by now.",
      }),
    );
  }

  #beat(): void {
    const askedAt = performance.now();
    this.#renew(askedAt).then(
      () => {
        if (!this.#isOver) this.#later(Math.max(0, askedAt + this.#beatMs - performance.now()), () => this.#beat());
      },
      (error: unknown) => {
        if (!isRefusal(error)) this.#link.drop();
        if (this.#isOver) return;
        this.#later(backOffMs(this.#failures), () => this.#beat());
        this.#failures += 1;
      },
    );
  }

  async #renew(askedAt: number): Promise<void> {
    const values = [this.epoch, this.#leaseMs];
    const renewed = await this.#link.queryWithin(this.#beatMs, renewLease, values);
    if (this.#isOver) return;
    if (renewed.length === 0) {
      this.refused();
      return;
    }
    this.#failures = 0;
    this.#trustedUntil = askedAt + this.#trustMs;
    this.#beats += 1;
    if (this.#beats % BEATS_A_LOOK === 0) this.#parts.lookAfter().catch(() => undefined);
    if (this.#beats % BEATS_A_TRIM === 0) {
      const oldest = Math.max(0, this.#parts.writer.number - LEDGER_KEEPS);
      await this.#link.queryWithin(this.#beatMs, trimLedger, [this.epoch, oldest]);
    }
  }
}
