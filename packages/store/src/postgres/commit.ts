import { setTimeout as delay } from "node:timers/promises";
import { type Changes, type Epoch, MillraceError, type RunId } from "@millrace/core";
import { encodeRows } from "./binary-rows.ts";
import { columnsOf, commitRows, distinct, type Row } from "./commit-rows.ts";
import {
  commitStatement,
  findPlace,
  findRowTypes,
  type RowTypes,
  takePlace,
  type WrittenName,
} from "./commit-statement.ts";
import type { Connector } from "./connector.ts";
import { isRefusal, toStoreError, violates } from "./failure.ts";
import { Link } from "./link.ts";
import { persist } from "./retry.ts";
import type { RunNumbers } from "./run-numbers.ts";

/** What the ledger says after a commit: the commit's number in its epoch, and the counters that only leaders move. */
export interface Counters {
  readonly number: number;
  readonly lastRun: number;
  readonly lastAttempt: number;
  readonly lastEvent: number;
  readonly lastEventAt: number;
}

/** How much longer a commit may take for each of its rows, in milliseconds. */
const ANSWER_MS_A_ROW = 0.2;

/** How long a commit itself tries to learn what became of it. After that, the next one who asks the store does. */
const SETTLE_MS = 1_000;

interface Turn {
  readonly epoch: Epoch;
  counters: Counters;
  /** A commit of which nobody knows yet whether it was written. */
  open: OpenCommit | undefined;
}

interface OpenCommit {
  readonly after: Counters;
  /** The server's process that may still be busy with it. */
  readonly backend: number | undefined;
  settling: Promise<boolean> | undefined;
}

/**
 * Writes the leader's commits, one after the other, each as one statement on a connection that does nothing else.
 *
 * A commit whose answer does not come may have been written, may be written this moment, or may still be on its way. It
 * is _settled_ before anything else happens in this epoch, a read included: its place in the ledger is taken by an empty
 * row. Either the place was taken already, then the commit was written; or it can never be written any more, whenever it
 * arrives.
 */
export class CommitWriter {
  readonly #connector: Connector;
  readonly #link: Link;
  readonly #signal: AbortSignal;
  readonly #numbers: RunNumbers;
  #rowTypes: RowTypes | undefined;
  #turn: Turn | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connector: Connector, numbers: RunNumbers, signal: AbortSignal) {
    this.#connector = connector;
    this.#link = new Link(connector, "commit");
    this.#numbers = numbers;
    this.#signal = signal;
  }

  /** From now on commits are written in this epoch, from these counters on. */
  begin(epoch: Epoch, counters: Counters): void {
    this.#numbers.clear();
    this.#turn = { epoch, counters, open: undefined };
  }

  /** No commit is written any more. */
  end(epoch: Epoch): void {
    if (this.#turn?.epoch === epoch) this.#turn = undefined;
  }

  /** Of the newest commit in this epoch. */
  get number(): number {
    return this.#turn?.counters.number ?? 0;
  }

  /** The connection is made before the first commit needs it. */
  async warmUp(): Promise<void> {
    this.#rowTypes ??= await findRowTypes(this.#link);
    await this.#link.connected();
  }

  commit(epoch: Epoch, changes: Changes): Promise<void> {
    const next = this.#last.then(() => this.#commit(epoch, changes));
    this.#last = next.catch(() => undefined);
    return next;
  }

  /**
   * Resolves when it is known of every commit whether it was written: at once, unless an answer got lost. The leader reads
   * nothing before that.
   */
  async settled(): Promise<void> {
    const turn = this.#turn;
    if (turn?.open !== undefined) await this.#settle(turn, turn.open);
  }

  close(): Promise<void> {
    this.#turn = undefined;
    return this.#link.close();
  }

  async #commit(epoch: Epoch, changes: Changes): Promise<void> {
    const turn = this.#turn;
    if (turn?.epoch !== epoch) throw leadershipLost(this.#connector.place, epoch);
    try {
      await this.settled();
      await this.#numbers.find(this.#link, runsOfChildren(changes));
      await this.#write(turn, changes);
    } catch (error) {
      if (error instanceof MillraceError && error.code === "LEADERSHIP_LOST") this.end(epoch);
      throw toStoreError(error, this.#connector.place);
    }
  }

  async #write(turn: Turn, changes: Changes): Promise<void> {
    try {
      await this.#send(turn, changes);
    } catch (error) {
      if (!violates(error, "run_id_key")) throw error;
      // A run that this writer did not know is there already: found by its id, it is written where it is.
      await this.#numbers.find(this.#link, new Set(changes.runs.map((run) => run.id)));
      await this.#send(turn, changes);
    }
  }

  async #send(turn: Turn, changes: Changes): Promise<void> {
    const { epoch, counters } = turn;
    const given = this.#numbers.give(changes.runs, counters.lastRun);
    const after = countersAfter(counters, changes, given.size);
    const rows = commitRows(changes, (run) => given.get(run) ?? this.#numbers.get(run), counters.lastEvent);
    const tables = rows.map(([name]) => name);
    const values = [...valuesOf(epoch, after), ...rows.map(([name, some]) => this.#encode(name, some))];
    const count = rows.reduce((sum, [, some]) => sum + some.length, 0);
    const backend = await this.#connectedBackend();
    let isHeld: boolean;
    try {
      const patienceMs = this.#connector.settings.answerMs + count * ANSWER_MS_A_ROW;
      isHeld = (await this.#link.queryWithin(patienceMs, commitStatement(tables), values)).length > 0;
    } catch (error) {
      if (isRefusal(error)) throw error;
      this.#link.drop();
      turn.open = { after, backend, settling: undefined };
      isHeld = await this.#wasWritten(turn, turn.open, error);
    }
    if (!isHeld) throw leadershipLost(this.#connector.place, epoch);
    turn.counters = after;
    this.#numbers.remember(given, changes.runs);
  }

  /** Connects first, so that a failure to do so is not taken for a commit without an answer. */
  async #connectedBackend(): Promise<number | undefined> {
    await this.#link.connected();
    return this.#link.backend();
  }

  #encode(name: WrittenName, rows: readonly Row[]): Buffer {
    return encodeRows(this.#rowTypes?.get(name) ?? 0, columnsOf(name), distinct(name, rows));
  }

  /** Learns what became of a commit, if that can be learnt soon; if not, it goes on in the background. */
  async #wasWritten(turn: Turn, open: OpenCommit, cause: unknown): Promise<boolean> {
    const timer = new AbortController();
    const settling = this.#settle(turn, open).catch((error: unknown) => {
      if (error instanceof MillraceError) throw error;
      return false;
    });
    const tooLate = delay(SETTLE_MS, false, { signal: timer.signal }).catch(() => false);
    const isWritten = await Promise.race([settling, tooLate]).finally(() => timer.abort());
    // What comes too late is for those who ask for `settled`.
    settling.catch(() => undefined);
    if (isWritten) return true;
    throw new MillraceError("STORE_FAILED", `The database ${this.#connector.place} gave no answer to a commit.`, {
      hint: "The connection was lost or the server stops. The leader reads again what was written and goes on.",
      cause,
    });
  }

  /** Whether the open commit was written. Those who ask at the same time ask once. */
  #settle(turn: Turn, open: OpenCommit): Promise<boolean> {
    open.settling ??= this.#decide(turn, open).finally(() => {
      open.settling = undefined;
    });
    return open.settling;
  }

  async #decide(turn: Turn, open: OpenCommit): Promise<boolean> {
    const { epoch, counters } = turn;
    const { number } = open.after;
    const { patienceMs, answerMs } = this.#connector.settings;
    const patience = { ms: patienceMs, signal: this.#signal };
    const found = await persist(patience, async () => {
      try {
        await this.#endBackend(open);
        await this.#link.queryWithin(answerMs, takePlace, valuesOf(epoch, { ...counters, number }));
        return await this.#link.queryWithin<{ written: boolean }>(answerMs, findPlace, [epoch, number]);
      } catch (error) {
        if (!isRefusal(error)) this.#link.drop();
        throw error;
      }
    });
    const isWritten = found[0]?.written;
    if (isWritten === undefined) throw leadershipLost(this.#connector.place, epoch);
    turn.counters = isWritten ? open.after : { ...counters, number };
    turn.open = undefined;
    return isWritten;
  }

  /** Nobody waits for it any more, and what it does not hold nobody has to wait for. */
  async #endBackend({ backend }: OpenCommit): Promise<void> {
    if (backend === undefined) return;
    const { storeId, settings } = this.#connector;
    await this.#link.queryWithin(settings.answerMs, END_BACKEND, [backend, `% commit ${storeId}`]);
  }
}

/** By its name as well: the number may have been given to another since. Not the connection that asks. */
const END_BACKEND = {
  name: "end backend",
  text: `select pg_terminate_backend(pid) from pg_stat_activity
where pid = $1 and application_name like $2 and pid <> pg_backend_pid()`,
};

export function leadershipLost(place: string, epoch: Epoch): MillraceError {
  return new MillraceError("LEADERSHIP_LOST", `Epoch ${epoch} does not lead ${place} any more; nothing was written.`, {
    hint: "Another process has taken over and carries on from what was committed before.",
  });
}

function countersAfter(before: Counters, { attempts, events }: Changes, newRuns: number): Counters {
  let { lastAttempt } = before;
  for (const { id } of attempts) lastAttempt = Math.max(lastAttempt, id);
  return {
    number: before.number + 1,
    lastRun: before.lastRun + newRuns,
    lastAttempt,
    lastEvent: before.lastEvent + events.length,
    lastEventAt: events.at(-1)?.atMs ?? before.lastEventAt,
  };
}

function valuesOf(epoch: Epoch, { number, lastRun, lastAttempt, lastEvent, lastEventAt }: Counters): number[] {
  return [epoch, number, lastRun, lastAttempt, lastEvent, lastEventAt];
}

/** Runs that rows of the commit hang on and that it does not bring itself. */
function runsOfChildren(changes: Changes): Set<RunId> {
  const runs = new Set<RunId>();
  const { taskRuns, attempts, outputs, events, reports } = changes;
  for (const rows of [taskRuns, attempts, outputs, events, reports]) for (const { run } of rows) runs.add(run);
  for (const { id } of changes.runs) runs.delete(id);
  return runs;
}
