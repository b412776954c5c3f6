import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import {
  AuditCheck,
  type AuditEntry,
  type AuditFault,
  type AuditHead,
  type AuditQuery,
  type AuditRow,
  type AuditTrail,
  chainAudit,
  MillraceError,
} from "@millrace/core";

/** What is said about a change; what is not said is nothing. */
export type AuditRecord = Pick<AuditEntry, "actor" | "action" | "target" | "from"> & Partial<AuditEntry>;

export interface AuditVerdict {
  /** How many rows there are. */
  readonly rows: number;
  /** To be noted in another place: it proves later that nothing up to here was written anew. */
  readonly head: AuditHead;
  /** The first of what was found, in the order of the rows. None: all is as it was written. */
  readonly faults: readonly AuditFault[];
  /** How many faults there are in all. */
  readonly found: number;
}

/** Whoever is beaten so often by other servers gives up. */
const MOST_TRIES = 50;
/** Rows that one transaction appends at most. */
const BATCH = 100;
const VERIFY_PAGE = 1_000;
/** A record that somebody destroyed has as many faults as rows. */
const MOST_FAULTS = 100;

interface Waiting {
  readonly entry: AuditEntry;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * The record of who changed what. Several may write at once, here and in other processes: those that wait here are appended
 * together, and whoever finds that another was quicker chains anew.
 */
export class ProjectAudit {
  readonly #trail: AuditTrail;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(trail: AuditTrail) {
    this.#trail = trail;
  }

  /** Appends a row and resolves when it is durable. An act whose `ref` is recorded already is not recorded again. */
  record(record: AuditRecord): Promise<void> {
    // With a ref of its own each row is found again, also when the answer to its append was lost.
    const entry = { ...record, before: record.before ?? null, after: record.after ?? null };
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ entry: { ...entry, ref: record.ref ?? randomUUID() }, done });
    if (!this.#isWriting) void this.#writeAll();
    return done.promise;
  }

  list(query: AuditQuery): Promise<readonly AuditRow[]> {
    return this.#trail.list(query);
  }

  findByRef(ref: string): Promise<AuditRow | undefined> {
    return this.#trail.findByRef(ref);
  }

  /**
   * Reads the whole record and finds whatever was done to it since it was written.
   *
   * @param noted heads that verifying gave earlier, kept in another place.
   */
  async verify(noted: readonly AuditHead[] = []): Promise<AuditVerdict> {
    const check = new AuditCheck(sha256, noted);
    const faults: AuditFault[] = [];
    let [found, rows] = [0, 0];
    const take = (more: readonly AuditFault[]): void => {
      found += more.length;
      faults.push(...more.slice(0, MOST_FAULTS - faults.length));
    };
    // From before the first number: somebody may have put a row there.
    for (let after = Number.MIN_SAFE_INTEGER; ; ) {
      // The head first: rows that are appended meanwhile are behind it and not looked at.
      const head = await this.#trail.head();
      const page = (await this.#trail.read(after, VERIFY_PAGE)).filter(({ seq }) => seq <= head.seq);
      take(check.next(page));
      rows += page.length;
      const last = page.at(-1);
      if (last !== undefined && page.length === VERIFY_PAGE) {
        after = last.seq;
        continue;
      }
      const [beyond] = await this.#trail.read(Math.max(head.seq, check.last.seq), 1);
      const isForged = beyond !== undefined && (await this.#trail.head()).seq < beyond.seq;
      take([...check.end(head), ...(isForged ? [{ kind: "extra", seq: beyond.seq } as const] : [])]);
      return { rows, head: check.last, faults, found };
    }
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH);
      this.#waiting = this.#waiting.slice(BATCH);
      try {
        await this.#append(batch.map(({ entry }) => entry));
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#isWriting = false;
  }

  async #append(entries: readonly AuditEntry[]): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const head = await this.#trail.head();
      const rows = await this.#chain(entries, head);
      if (await this.#trail.append(head, rows)) return;
    }
    throw new MillraceError("STORE_FAILED", "Others keep writing the audit.", {
      hint: "What was asked for is done; it is not recorded. `millrace audit verify` says whether the record is whole.",
    });
  }

  /** Rows for what is not recorded yet. Looked up after the head was read: whatever is recorded later moves the head. */
  async #chain(entries: readonly AuditEntry[], head: AuditHead): Promise<readonly AuditRow[]> {
    const rows: AuditRow[] = [];
    const taken = new Set<string>();
    for (const entry of entries) {
      const ref = entry.ref ?? "";
      if (taken.has(ref) || (await this.#trail.findByRef(ref)) !== undefined) continue;
      taken.add(ref);
      rows.push(chainAudit(entry, { head: rows.at(-1) ?? head, atMs: Date.now() }, sha256));
    }
    return rows;
  }
}

/** Where a command of this machine comes from. */
export function commandOrigin(): string {
  return `command ${hostname()}`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
