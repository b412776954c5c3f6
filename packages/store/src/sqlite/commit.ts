import { type Changes, type Epoch, MillraceError, type RunId } from "@millrace/core";
import { attemptToColumns, recordAttempt } from "../tables/attempt.ts";
import { backfillToColumns, recordBackfill } from "../tables/backfill.ts";
import { cacheEntryToColumns, recordCacheEntry } from "../tables/cache-entry.ts";
import { answerCommand } from "../tables/command.ts";
import { appendEvent } from "../tables/event.ts";
import { holdLease } from "../tables/lease.ts";
import { recordOutput } from "../tables/output.ts";
import { addPartitionKey, lastOfKeys, removePartitionKey } from "../tables/partition-key.ts";
import { poolToColumns, recordPool } from "../tables/pool.ts";
import { recordRate } from "../tables/rate.ts";
import { recordReport, reportToColumns } from "../tables/report.ts";
import { findRunNumber, recordRun, runToColumns } from "../tables/run.ts";
import { valueToColumns } from "../tables/stored-value.ts";
import { recordTaskRun, taskRunToColumns } from "../tables/task-run.ts";
import { recordTick, tickToColumns } from "../tables/tick.ts";
import { recordTrigger, triggerToColumns } from "../tables/trigger.ts";
import type { SqliteConnection } from "./connection.ts";

/** More numbers than this are not kept in memory; a forgotten one costs a look-up. */
const MAX_KNOWN_RUNS = 10_000;

const NOTHING = { attempts: [], events: [] };

/**
 * Writes the leader's commits. It remembers the numbers of the runs it writes to, which is what makes child rows small:
 * they carry the number, and only the run's own row has the text.
 */
export class CommitWriter {
  readonly #connection: SqliteConnection;
  readonly #numbers = new Map<RunId, number>();

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  commit(epoch: Epoch, changes: Changes): void {
    try {
      this.#connection.transaction(() => this.#write(epoch, changes));
    } catch (error) {
      // Numbers given in a transaction that failed were never given.
      this.#numbers.clear();
      throw error;
    }
    this.#forgetSettled(changes);
  }

  /** Other work of the leader, in a transaction of its own that refuses a stale epoch. It names no runs by number. */
  writeAsLeader<T>(epoch: Epoch, work: () => T): T {
    return this.#connection.transaction(() => {
      this.#holdLease(epoch, NOTHING);
      return work();
    });
  }

  #write(epoch: Epoch, changes: Changes): void {
    const db = this.#connection;
    const firstEvent = this.#holdLease(epoch, changes);
    for (const run of changes.runs) {
      const row = db.get(recordRun, runToColumns(run));
      if (row !== undefined) this.#remember(run.id, row.num);
    }
    for (const row of changes.taskRuns) db.run(recordTaskRun, taskRunToColumns(this.#numberOf(row.run), row));
    for (const row of changes.attempts) db.run(recordAttempt, attemptToColumns(this.#numberOf(row.run), row));
    for (const { run, node, item, value } of changes.outputs) {
      db.run(recordOutput, { run: this.#numberOf(run), node, item, ...valueToColumns(value) });
    }
    let seq = firstEvent;
    for (const { run, atMs, ...event } of changes.events) {
      db.run(appendEvent, { ...event, seq, run: this.#numberOf(run), at: atMs });
      seq += 1;
    }
    for (const row of changes.reports) db.run(recordReport, reportToColumns(this.#numberOf(row.run), row));
    for (const entry of changes.cacheEntries) db.run(recordCacheEntry, cacheEntryToColumns(entry));
    for (const pool of changes.pools) db.run(recordPool, poolToColumns(pool));
    for (const { name, fullAtMs } of changes.rates) db.run(recordRate, { name, full_at: fullAtMs });
    this.#writeTime(changes);
    for (const answer of changes.answers) db.run(answerCommand, { id: answer.id, answer: JSON.stringify(answer) });
  }

  #writeTime({ triggers, ticks, backfills, partitionKeys }: Changes): void {
    const db = this.#connection;
    for (const row of triggers) db.run(recordTrigger, triggerToColumns(row));
    for (const row of ticks) db.run(recordTick, tickToColumns(row));
    for (const row of backfills) db.run(recordBackfill, backfillToColumns(row));
    for (const { name, key, exists } of lastOfKeys(partitionKeys)) {
      db.run(exists ? addPartitionKey : removePartitionKey, { name, key });
    }
  }

  /** Refuses a stale epoch, and gives the number of the first event. */
  #holdLease(epoch: Epoch, changes: Pick<Changes, "attempts" | "events">): number {
    let attempt = 0;
    for (const { id } of changes.attempts) attempt = Math.max(attempt, id);
    const held = this.#connection.get(holdLease, { epoch, events: changes.events.length, attempt });
    if (held === undefined) throw leadershipLost(this.#connection.path, epoch);
    return held.last_event - changes.events.length + 1;
  }

  /** The number of a run, from memory if it is being written. 0, which no run has, when there is no such run. */
  findNumber(run: RunId): number {
    return this.#numbers.get(run) ?? this.#connection.get(findRunNumber, { id: run })?.num ?? 0;
  }

  #numberOf(run: RunId): number {
    const known = this.#numbers.get(run);
    if (known !== undefined) return known;
    const number = this.findNumber(run);
    if (number === 0) throw new MillraceError("UNKNOWN_RUN", `There is no run ${run} to write to.`);
    this.#remember(run, number);
    return number;
  }

  #remember(run: RunId, number: number): void {
    if (this.#numbers.size >= MAX_KNOWN_RUNS) this.#numbers.clear();
    this.#numbers.set(run, number);
  }

  #forgetSettled(changes: Changes): void {
    for (const run of changes.runs) if (run.settled) this.#numbers.delete(run.id);
  }
}

export function leadershipLost(path: string, epoch: Epoch): MillraceError {
  return new MillraceError("LEADERSHIP_LOST", `Epoch ${epoch} does not lead ${path} any more; nothing was written.`, {
    hint: "Another process has taken over and carries on from what was committed before.",
  });
}
