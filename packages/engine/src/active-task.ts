import {
  type AttemptId,
  type AttemptRow,
  type AttemptState,
  type EncodedText,
  type ErrorInfo,
  type Frame,
  type ItemPath,
  type NodeSpec,
  type ResumeInfo,
  type RunId,
  type TaskNodeSpec,
  type TaskRunEvent,
  type TaskRunRow,
  type TaskRunState,
  transitionTaskRun,
  type YieldUntil,
} from "@millrace/core";
import type { ActiveRun } from "./active-run.ts";
import type { Bucket, Candidate, Claim } from "./admission/admission.ts";
import type { ItemList } from "./item-list.ts";

/** A try that is under way. */
export interface ActiveAttempt {
  readonly id: AttemptId;
  readonly number: number;
  state: AttemptState;
  readonly startedAtMs: number;
}

/**
 * A task run (or a hook) that has begun and not ended: the one mutable record of the engine. It lives from the moment
 * it is ready until its outcome is applied; before, it is a byte in a frame, after, a row.
 */
export class ActiveTask implements Candidate {
  readonly run: ActiveRun;
  /** Undefined for hooks. */
  readonly frame: Frame | undefined;
  readonly slot: number;
  readonly node: number;
  readonly item: ItemPath;
  readonly hook: TaskRunRow["hook"];
  readonly claims: readonly Claim[];
  readonly priority: number;
  state: TaskRunState = "ready";
  tries = 0;
  crashes = 0;
  resumes = 0;
  /** Attempts that were made in all. */
  attempts = 0;
  readyAtMs: number;
  startedAtMs: number | null = null;
  endedAtMs: number | null = null;
  resumeAtMs: number | null = null;
  carry: EncodedText | null = null;
  waitsFor: YieldUntil | null = null;
  childRun: RunId | null = null;
  cached = false;
  reusedFrom: RunId | null = null;
  error: ErrorInfo | null = null;
  arm: string | null = null;
  attempt: ActiveAttempt | null = null;
  /** Of a map: its elements, once they are known. */
  list: ItemList | null = null;
  /** The cache entry to write on success. */
  cacheKey: string | null = null;
  /** The run that was waited for, once it has ended. */
  endedChild: ResumeInfo["run"] = null;
  /** What a hook is told. */
  hookInput: EncodedText | null = null;
  /** Ends the timer of a retry, a deferral or the total timeout. */
  cancelTimer: (() => void) | null = null;
  cancelDeadline: (() => void) | null = null;
  /** The total timeout is over: whatever the attempt ends with, the task run fails. */
  overdue = false;
  /** Has a worker and its slots, whether its attempt has begun or is still being prepared. */
  holdsSlots = false;
  heapIndex = -1;
  order = 0;
  bucket: Bucket | null = null;

  constructor(run: ActiveRun, place: TaskPlace, readyAtMs: number) {
    this.run = run;
    this.frame = place.frame;
    this.slot = place.slot;
    this.node = place.node;
    this.item = place.item;
    this.hook = place.hook;
    this.readyAtMs = readyAtMs;
    this.claims = place.hook === "" ? run.flow.claimsOf(place.node) : NO_CLAIMS_OF_HOOKS;
    const spec = place.node === -1 ? undefined : run.flow.spec.nodes[place.node];
    this.priority = run.flow.spec.policies.priority + (spec?.kind === "task" ? spec.policies.priority : 0);
  }

  /** Moves along the state machine. False when the event comes too late or a second time: then nothing changes. */
  advance(event: TaskRunEvent): boolean {
    const next = transitionTaskRun(this.state, event);
    if (next === undefined) return false;
    this.state = next;
    return true;
  }

  get spec(): NodeSpec {
    return this.run.flow.spec.nodes[this.node] as NodeSpec;
  }

  get taskSpec(): TaskNodeSpec {
    return this.spec as TaskNodeSpec;
  }

  row(): TaskRunRow {
    return {
      run: this.run.id,
      node: this.node,
      item: this.item,
      hook: this.hook,
      state: this.state,
      tries: this.tries,
      crashes: this.crashes,
      resumes: this.resumes,
      readyAtMs: this.readyAtMs,
      startedAtMs: this.startedAtMs,
      endedAtMs: this.endedAtMs,
      resumeAtMs: this.resumeAtMs,
      carry: this.carry,
      waitsFor: this.waitsFor,
      childRun: this.childRun,
      cached: this.cached,
      reusedFrom: this.reusedFrom,
      error: this.error,
      itemCount: this.list?.length ?? null,
      arm: this.arm,
    };
  }

  attemptRow(attempt: ActiveAttempt, endedAtMs: number | null): AttemptRow {
    return {
      id: attempt.id,
      run: this.run.id,
      node: this.node,
      item: this.item,
      hook: this.hook,
      number: attempt.number,
      state: attempt.state,
      epoch: this.run.epoch,
      startedAtMs: attempt.startedAtMs,
      endedAtMs,
      error: endedAtMs === null ? null : this.error,
    };
  }

  stopTimers(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.cancelDeadline?.();
    this.cancelDeadline = null;
  }
}

/** Where a task run stands. */
export interface TaskPlace {
  readonly frame: Frame | undefined;
  readonly slot: number;
  readonly node: number;
  readonly item: ItemPath;
  readonly hook: TaskRunRow["hook"];
}

const NO_CLAIMS_OF_HOOKS: readonly Claim[] = [];
