import {
  type AttemptId,
  type AttemptPlace,
  type AttemptRow,
  type AttemptState,
  type EncodedText,
  type Epoch,
  type ErrorInfo,
  type Frame,
  type ItemPath,
  type NodeSpec,
  type ProgressListener,
  type ResumeInfo,
  type RunId,
  RunProgress,
  type RunRow,
  type RunState,
  type StoredValue,
  type TaskNodeSpec,
  type TaskRunEvent,
  type TaskRunRow,
  type TaskRunState,
  transitionTaskRun,
  type YieldUntil,
} from "@millrace/core";
import { Bucket, type Candidate } from "./admission/resource.ts";
import { claimsOf } from "./claims.ts";
import type { ItemList } from "./item-list.ts";
import type { LoadedFlow } from "./loaded-flow.ts";

/** Makes what a run's progress is told to. */
export type Listen = (run: ActiveRun) => ProgressListener;

/** What stands of a map's items before it expands: taken over from a former run, or marked. As rows of this run. */
export interface ReusedItems {
  /** How many the map had then; null when that was not written down (the list is the same all the same). */
  readonly count: number | null;
  readonly rows: readonly TaskRunRow[];
}

/** A run that has work to do, in memory. Dropped once it is settled: finished history costs nothing. */
export class ActiveRun {
  readonly id: RunId;
  readonly flow: LoadedFlow;
  readonly epoch: Epoch;
  readonly progress: RunProgress;
  /** The row as it was made; what changes stands in the fields below. */
  readonly #made: RunRow;
  state: RunState;
  startedAtMs: number | null;
  endedAtMs: number | null;
  error: ErrorInfo | null;
  /** What the flow returned, once it has been put together. */
  output: StoredValue | null = null;
  /** Of the first task that failed: the run's hooks are told of it. */
  firstFailure: { readonly error: ErrorInfo; readonly atMs: number } | null = null;
  settled = false;
  cancelRequested: boolean;
  /** All that is ready, running or waiting, hooks too. */
  readonly tasks = new Set<ActiveTask>();
  /** Maps and branches that are under way, by frame and slot. */
  readonly regions = new Map<Frame, Map<number, ActiveTask>>();
  /** Lists of maps that are over, read again for those who look back at them. */
  readonly #pastLists = new Map<Frame, Map<number, ItemList>>();
  readonly #keyedBuckets = new Map<number, Bucket>();
  openHooks = 0;
  /** Texts of `outcomes` of maps, by frame and slot, once asked for. */
  readonly regionOutcomes = new Map<Frame, Map<number, EncodedText>>();
  /** The outcome is known and the flow's own output is being put together. */
  finishing = false;
  /** This object was replaced by one read from the store; whoever still holds it must do nothing. */
  dropped = false;
  /** By map node: what stands of its items when the map expands. */
  reusedItems: ReadonlyMap<number, ReusedItems> = new Map();
  /** While the run is put back into memory: when a slot that has no row became ready under the leader before. */
  readyBefore: ((frame: Frame, slot: number) => number) | null = null;
  cancelDeadline: (() => void) | null = null;

  constructor(row: RunRow, flow: LoadedFlow, leader: { readonly epoch: Epoch; readonly listen: Listen }) {
    this.id = row.id;
    this.flow = flow;
    this.epoch = leader.epoch;
    this.#made = row;
    this.state = row.state;
    this.startedAtMs = row.startedAtMs;
    this.endedAtMs = row.endedAtMs;
    this.error = row.error;
    this.cancelRequested = row.cancelRequested;
    this.progress = new RunProgress(flow.compiled, leader.listen(this));
  }

  /** What never changes in a run. */
  get made(): Readonly<RunRow> {
    return this.#made;
  }

  get isOver(): boolean {
    return this.state === "success" || this.state === "failed" || this.state === "cancelled";
  }

  /** Where a task run or hook of a node waits for its limits and a worker. */
  bucketOf({ node, hook }: Pick<TaskPlace, "node" | "hook">): Bucket {
    const runClass = this.#made.class;
    if (hook !== "") return this.flow.hookBucket(node, runClass);
    return this.flow.bucketOf(node, runClass) ?? this.#keyedBucketOf(node);
  }

  /** The limits of some tasks hold per key, and the keys are the run's. */
  #keyedBucketOf(node: number): Bucket {
    const known = this.#keyedBuckets.get(node);
    if (known !== undefined) return known;
    const { spec } = this.flow;
    const task = spec.nodes[node] as TaskNodeSpec;
    const bucket = new Bucket({
      flow: spec.name,
      class: this.#made.class,
      priority: spec.policies.priority + task.policies.priority,
      claims: claimsOf(spec.name, task, this.#made.taskKeys),
      isPassing: true,
    });
    this.#keyedBuckets.set(node, bucket);
    return bucket;
  }

  regionAt(frame: Frame, slot: number): ActiveTask | undefined {
    return this.regions.get(frame)?.get(slot);
  }

  /** The elements that a map ran or runs over; undefined when they must be read. */
  listAt(frame: Frame, slot: number): ItemList | undefined {
    return this.regionAt(frame, slot)?.list ?? this.#pastLists.get(frame)?.get(slot);
  }

  keepList(frame: Frame, slot: number, list: ItemList): void {
    const region = this.regionAt(frame, slot);
    if (region !== undefined) {
      region.list = list;
      return;
    }
    const slots = this.#pastLists.get(frame) ?? new Map<number, ItemList>();
    this.#pastLists.set(frame, slots.set(slot, list));
  }

  addRegion(task: ActiveTask): void {
    const frame = task.frame as Frame;
    const slots = this.regions.get(frame);
    if (slots === undefined) this.regions.set(frame, new Map([[task.slot, task]]));
    else slots.set(task.slot, task);
  }

  /** Remembers the error of a task that failed for good, if none failed before it. */
  noteFailure(label: string, error: ErrorInfo, atMs: number): void {
    if (this.firstFailure !== null && this.firstFailure.atMs <= atMs) return;
    const message = `task "${label}" failed: ${error.message}`;
    this.firstFailure = { atMs, error: { ...error, message, stack: null, cause: error } };
  }

  row(): RunRow {
    return {
      ...this.#made,
      state: this.state,
      startedAtMs: this.startedAtMs,
      endedAtMs: this.endedAtMs,
      error: this.error,
      settled: this.settled,
      cancelRequested: this.cancelRequested,
    };
  }
}

/** A try that is under way. */
export interface ActiveAttempt {
  readonly id: AttemptId;
  readonly number: number;
  state: AttemptState;
  readonly startedAtMs: number;
  /** Where it ran, once it has ended. */
  place?: AttemptPlace | undefined;
  /** It was adopted from another server, and takes no worker of this one. */
  readonly isElsewhere?: boolean;
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
  readonly bucket: Bucket;
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
  order = 0;
  isWaiting = false;
  holdsWorker = false;
  ahead: Candidate | null = null;
  behind: Candidate | null = null;

  constructor(run: ActiveRun, place: TaskPlace, readyAtMs: number) {
    this.run = run;
    this.frame = place.frame;
    this.slot = place.slot;
    this.node = place.node;
    this.item = place.item;
    this.hook = place.hook;
    this.readyAtMs = readyAtMs;
    this.bucket = run.bucketOf(place);
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
      endedAtMs: endedAtMs === null ? null : Math.max(endedAtMs, attempt.startedAtMs),
      error: endedAtMs === null ? null : this.error,
      place: attempt.place ?? null,
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
