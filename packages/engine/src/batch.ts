import type {
  AttemptId,
  AttemptRow,
  BackfillRow,
  CacheEntry,
  Changes,
  CommandAnswer,
  EventRow,
  EventType,
  OutputRow,
  PartitionKeyRow,
  PoolRow,
  RateRow,
  ReportRow,
  TaskRunRow,
  TickRow,
  TriggerRow,
} from "@millrace/core";
import type { ActiveAttempt, ActiveRun, ActiveTask } from "./active-run.ts";

/**
 * What one turn of the loop will write, and what it will do once that is written. A thing that changes twice in a turn
 * is written once, as it stands at the end.
 */
export class Batch {
  readonly atMs: number;
  readonly #runs = new Set<ActiveRun>();
  readonly #tasks = new Set<ActiveTask>();
  readonly #attempts = new Map<number, AttemptRow>();
  readonly #decided: TaskRunRow[] = [];
  readonly #outputs: OutputRow[] = [];
  readonly #events: EventRow[] = [];
  readonly #reports: ReportRow[] = [];
  readonly #cacheEntries: CacheEntry[] = [];
  readonly #answers: CommandAnswer[] = [];
  readonly #pools: PoolRow[] = [];
  #rates: readonly RateRow[] = [];
  readonly #triggers = new Map<string, TriggerRow>();
  readonly #ticks: TickRow[] = [];
  readonly #backfills = new Map<string, BackfillRow>();
  readonly #partitionKeys: PartitionKeyRow[] = [];
  readonly #effects: (() => void)[] = [];
  /** Work outside the loop that begins once this turn is over, written or not: whoever asked for it still waits. */
  readonly afterwards: (() => void)[] = [];
  /** Attempts whose start is among the effects: if writing fails, nobody has heard of them. */
  readonly starts: AttemptId[] = [];
  /** Every run that something in this batch belongs to: what must be read again if writing fails. */
  readonly touched = new Set<ActiveRun>();

  constructor(atMs: number) {
    this.atMs = atMs;
  }

  /** Runs of which something ended, so that they may be over now; the turn looks at them last. */
  readonly mayBeOver = new Set<ActiveRun>();

  run(run: ActiveRun): void {
    this.#runs.add(run);
    this.touched.add(run);
  }

  task(task: ActiveTask): void {
    this.#tasks.add(task);
    this.touched.add(task.run);
  }

  /** An attempt has begun, or goes on in another state. */
  attemptLives(task: ActiveTask, attempt: ActiveAttempt): void {
    this.#attempts.set(attempt.id, task.attemptRow(attempt, null));
    this.touched.add(task.run);
  }

  attemptEnded(task: ActiveTask, attempt: ActiveAttempt): void {
    this.#attempts.set(attempt.id, task.attemptRow(attempt, this.atMs));
    this.touched.add(task.run);
  }

  /** A task run that ended without ever being in memory as a task: skipped, upstream_failed, reused. */
  decided(run: ActiveRun, row: TaskRunRow): void {
    this.#decided.push(row);
    this.touched.add(run);
  }

  output(row: OutputRow): void {
    if (row.value.kind !== "none") this.#outputs.push(row);
  }

  event(run: ActiveRun, type: EventType, data: string | null): void {
    this.#events.push({
      run: run.id,
      atMs: this.atMs,
      type,
      node: -1,
      item: "" as TaskRunRow["item"],
      attempt: null,
      data,
    });
    this.touched.add(run);
  }

  taskEvent(task: ActiveTask, type: EventType, data: string | null): void {
    this.#events.push({
      run: task.run.id,
      atMs: this.atMs,
      type,
      node: task.node,
      item: task.item,
      attempt: task.attempt?.id ?? null,
      data,
    });
  }

  decidedEvent(row: TaskRunRow, isMarked = false): void {
    this.#events.push({
      run: row.run,
      atMs: this.atMs,
      type: "task.finished",
      node: row.node,
      item: row.item,
      attempt: null,
      data:
        row.reusedFrom === null
          ? `{"state":"${row.state}"${isMarked ? ',"marked":true' : ""}}`
          : `{"state":"${row.state}","reusedFrom":"${row.reusedFrom}"}`,
    });
  }

  report(row: ReportRow): void {
    this.#reports.push(row);
  }

  cacheEntry(entry: CacheEntry): void {
    this.#cacheEntries.push(entry);
  }

  pool(row: PoolRow): void {
    this.#pools.push(row);
  }

  get setsPools(): boolean {
    return this.#pools.length > 0;
  }

  /** What attempts of this turn have used of rates. */
  useRates(rates: readonly RateRow[]): void {
    this.#rates = rates;
  }

  /** A schedule or trigger, as it stands now. Go through the `TriggerBook`, which remembers it. */
  trigger(row: TriggerRow): void {
    this.#triggers.set(`${row.flow}\n${row.name}`, row);
  }

  /** What became of a tick or an event. */
  tick(row: TickRow): void {
    this.#ticks.push(row);
  }

  backfill(row: BackfillRow): void {
    this.#backfills.set(row.id, row);
  }

  partitionKey(row: PartitionKeyRow): void {
    this.#partitionKeys.push(row);
  }

  /** Something of schedules, triggers, backfills or partitions is in it, which services hold in memory. */
  get changesTriggers(): boolean {
    return (
      this.#triggers.size > 0 || this.#ticks.length > 0 || this.#backfills.size > 0 || this.#partitionKeys.length > 0
    );
  }

  answer(answer: CommandAnswer): void {
    this.#answers.push(answer);
  }

  /** To be done once all of the above is durable. */
  effect(effect: () => void): void {
    this.#effects.push(effect);
  }

  get events(): readonly EventRow[] {
    return this.#events;
  }

  get answers(): readonly CommandAnswer[] {
    return this.#answers;
  }

  get effects(): readonly (() => void)[] {
    return this.#effects;
  }

  /** Nothing to write; effects may still be due. */
  get isEmpty(): boolean {
    return (
      this.#runs.size === 0 &&
      this.#tasks.size === 0 &&
      this.#attempts.size === 0 &&
      this.#decided.length === 0 &&
      this.#outputs.length === 0 &&
      this.#events.length === 0 &&
      this.#reports.length === 0 &&
      this.#cacheEntries.length === 0 &&
      this.#answers.length === 0 &&
      this.#pools.length === 0 &&
      this.#rates.length === 0 &&
      !this.changesTriggers
    );
  }

  changes(): Changes {
    const taskRuns = this.#decided;
    for (const task of this.#tasks) taskRuns.push(task.row());
    return {
      runs: Array.from(this.#runs, (run) => run.row()),
      taskRuns,
      attempts: Array.from(this.#attempts.values()),
      outputs: this.#outputs,
      events: this.#events,
      reports: this.#reports,
      cacheEntries: this.#cacheEntries,
      answers: this.#answers,
      pools: this.#pools,
      rates: this.#rates,
      triggers: Array.from(this.#triggers.values()),
      ticks: this.#ticks,
      backfills: Array.from(this.#backfills.values()),
      partitionKeys: this.#partitionKeys,
    };
  }
}
