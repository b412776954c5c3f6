import {
  type AttemptId,
  type AttemptOrder,
  type AttemptRow,
  type Changes,
  type Epoch,
  isFinalAttemptState,
  isFinalRunState,
  isFinalTaskRunState,
  type ReportAnswer,
  type RunId,
  type RunRow,
  type TaskRunRow,
} from "@millrace/core";
import { ApprovalWatch } from "./approval-watch.ts";
import { LimitWatch } from "./limit-watch.ts";
import type { SpecOf } from "./spec-of.ts";
import { mayAttemptBecome, mayRunBecome, mayTaskRunBecome } from "./state-matrix.ts";
import { TickWatch } from "./tick-watch.ts";

/**
 * Looks at everything that becomes durable, at the moment at which it does, and at everything that engines do because of
 * it. It notes what is wrong and does not throw it: in the places where it looks, an engine would take what is thrown
 * for a failure of the store.
 */
export class CommitWatch {
  readonly wrong: string[] = [];
  readonly ticks = new TickWatch(this.wrong);
  readonly approvals = new ApprovalWatch(this.wrong);
  readonly #runs = new Map<RunId, RunRow>();
  readonly #taskRuns = new Map<string, TaskRunRow>();
  readonly #attempts = new Map<AttemptId, AttemptRow>();
  readonly #successes = new Map<string, AttemptId>();
  /** Who waits for a run. */
  readonly #waiting = new Map<RunId, string>();
  readonly #limits: LimitWatch;
  #epoch = 0;

  constructor(specOf: SpecOf, pools: Readonly<Record<string, number>>) {
    this.#limits = new LimitWatch(specOf, pools, this.wrong);
  }

  /** Somebody begins to lead. */
  led(epoch: Epoch): void {
    if (epoch <= this.#epoch) this.wrong.push(`epoch ${epoch} begins after epoch ${this.#epoch}`);
    this.#epoch = epoch;
  }

  /** A commit has become durable. */
  committed(epoch: Epoch, changes: Changes): void {
    if (epoch !== this.#epoch) this.wrong.push(`epoch ${epoch} wrote while epoch ${this.#epoch} led`);
    for (const row of changes.runs) this.#run(row);
    for (const row of changes.attempts) this.#attempt(epoch, row);
    for (const row of changes.taskRuns) this.#taskRun(row);
    this.approvals.committed(changes.taskRuns);
    this.ticks.committed(changes);
    this.#limits.check();
  }

  #run(row: RunRow): void {
    const before = this.#runs.get(row.id);
    this.#runs.set(row.id, row);
    this.#limits.run(row);
    if (before === undefined) return;
    const { id, state, version } = row;
    if (!mayRunBecome(before.state, state)) this.wrong.push(`run ${id} went from ${before.state} to ${state}`);
    if (before.version !== version) this.wrong.push(`run ${id} went from version ${before.version} to ${version}`);
    if (before.settled) this.wrong.push(`run ${id} was written after it was settled`);
  }

  #taskRun(row: TaskRunRow): void {
    const key = keyOf(row);
    const before = this.#taskRuns.get(key);
    this.#taskRuns.set(key, row);
    const from = before?.state ?? "pending";
    if (!mayTaskRunBecome(from, row.state)) this.wrong.push(`${key} went from ${from} to ${row.state}`);
    if (before !== undefined && isFinalTaskRunState(before.state)) this.wrong.push(`${key} was written after its end`);
    if (row.childRun !== null) {
      const other = this.#waiting.get(row.childRun) ?? key;
      if (other !== key) this.wrong.push(`${key} waits for run ${row.childRun}, which was made for ${other}`);
      this.#waiting.set(row.childRun, key);
    }
    for (const count of ["tries", "crashes", "resumes"] as const) {
      if (before !== undefined && row[count] < before[count]) {
        this.wrong.push(`${key} had ${before[count]} ${count} and has ${row[count]}`);
      }
    }
  }

  #attempt(epoch: Epoch, row: AttemptRow): void {
    const { id, state } = row;
    const key = keyOf(row);
    const before = this.#attempts.get(id);
    this.#attempts.set(id, row);
    this.#limits.attempt(row, this.#runs.get(row.run));
    if (before === undefined) this.#newAttempt(epoch, row);
    else if (keyOf(before) !== key || before.number !== row.number) this.wrong.push(`attempt ${id} was given twice`);
    else if (isFinalAttemptState(before.state)) this.wrong.push(`attempt ${id} was written after its end`);
    else if (!mayAttemptBecome(before.state, state))
      this.wrong.push(`attempt ${id} went from ${before.state} to ${state}`);
    if (state !== "success") return;
    if (this.#successes.has(key)) this.wrong.push(`${key} succeeded a second time`);
    this.#successes.set(key, id);
  }

  #newAttempt(epoch: Epoch, row: AttemptRow): void {
    const key = keyOf(row);
    if (row.epoch !== epoch) this.wrong.push(`attempt ${row.id} of epoch ${row.epoch} was begun in epoch ${epoch}`);
    if (this.#successes.has(key)) this.wrong.push(`${key} was tried again after it had succeeded`);
    // One that begins in the turn in which its run is stopped is stopped with it.
    if (row.hook === "" && row.state !== "stopping" && this.#runs.get(row.run)?.cancelRequested === true) {
      this.wrong.push(`${key} was tried though its run had been stopped`);
    }
    for (const other of this.#limits.liveOf(key)) {
      if (other !== row.id) this.wrong.push(`${key} was tried again while attempt ${other} of it was alive`);
    }
  }

  /** An engine orders an attempt to be started. */
  started(epoch: Epoch, order: AttemptOrder): void {
    const { attempt, run, version, flow } = order;
    const row = this.#attempts.get(attempt);
    const made = this.#runs.get(run);
    this.approvals.started(order);
    if (epoch !== this.#epoch) this.wrong.push(`epoch ${epoch} started attempt ${attempt} while ${this.#epoch} led`);
    if (row === undefined) this.wrong.push(`attempt ${attempt} was started before it was durable`);
    else if (isFinalAttemptState(row.state)) this.wrong.push(`attempt ${attempt} was started after its end`);
    if (made !== undefined && (made.version !== version || made.flow !== flow)) {
      this.wrong.push(`attempt ${attempt} of run ${run} was ordered from another version`);
    }
  }

  /** An engine answers what was said of an attempt. `lived`: whoever said it holds the attempt. */
  answered(attempt: AttemptId, answer: ReportAnswer): void {
    const row = this.#attempts.get(attempt);
    const isOver = row !== undefined && isFinalAttemptState(row.state);
    if (answer === "recorded" && !isOver) {
      this.wrong.push(`the end of attempt ${attempt} was acknowledged before it was durable`);
    }
    if (answer === "gone" && row !== undefined && !isOver)
      this.wrong.push(`attempt ${attempt} lives and was called gone`);
  }

  /** Runs that have work to do. */
  get unsettled(): readonly RunRow[] {
    return [...this.#runs.values()].filter(({ settled }) => !settled);
  }

  get runs(): readonly RunRow[] {
    return [...this.#runs.values()];
  }

  /** Of one run, as they are now; without hooks. */
  taskRunsOf(run: RunId): readonly TaskRunRow[] {
    return [...this.#taskRuns.values()].filter((row) => row.run === run && row.hook === "");
  }

  findAttempt(attempt: AttemptId): AttemptRow | undefined {
    return this.#attempts.get(attempt);
  }

  /** The last instant that something unfinished waits for. */
  lastWaitMs(): number {
    let last = 0;
    for (const { run, state, resumeAtMs } of this.#taskRuns.values()) {
      const isOver = isFinalTaskRunState(state) || isFinalRunState(this.#runs.get(run)?.state ?? "queued");
      if (!isOver && resumeAtMs !== null) last = Math.max(last, resumeAtMs);
    }
    return last;
  }
}

function keyOf({ run, node, item, hook }: Pick<TaskRunRow, "run" | "node" | "item" | "hook">): string {
  return `${run}/${node}/${item}/${hook}`;
}
