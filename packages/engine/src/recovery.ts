import {
  ACTIVE,
  type AttemptId,
  type AttemptRow,
  errorInfo,
  type Frame,
  isFinalRunState,
  isFinalTaskRunState,
  type LoadedRun,
  ROOT_ITEM,
  type RunId,
  TASK_RUN_EVENTS,
  type TaskRunRow,
} from "@millrace/core";
import { ActiveRun, ActiveTask, type ReusedItems } from "./active-run.ts";
import { awaitChild } from "./child-runs.ts";
import type { LoadedFlow } from "./loaded-flow.ts";
import { codeOf, noteFailure } from "./plans/apply-plan.ts";
import { readyTimesOf } from "./ready-times.ts";
import { beginItems } from "./regions.ts";
import { waitForRetry, waitOn } from "./reports.ts";
import { startQueued, stopTasks, watchRunTimeout } from "./runs.ts";
import { enqueueTask, failTask, recallCacheKey, watchDeadline } from "./tasks.ts";
import type { World } from "./world.ts";

/** What was read of a run before it is put back into memory. */
export interface Recovered {
  readonly loaded: LoadedRun;
  readonly flow: LoadedFlow;
}

/** Reads a run that has work to do. */
export async function readRun(world: World, id: RunId): Promise<Recovered> {
  const loaded = await world.ports.store.loadRun(id);
  return { loaded, flow: await world.flow(loaded.run.version, loaded.run.flow) };
}

/** What is known of attempts that the store calls live. */
export interface AttemptFates {
  /** Its executor has it, or has told of its end. */
  isAlive(attempt: AttemptId): boolean;
  /** It was written down by this very leader, who never told the executor of it. */
  neverStarted(attempt: AttemptId): boolean;
}

/**
 * Puts a run back as the store has it. Attempts that still live are adopted; the others are lost, which costs their
 * tasks nothing. What is not in the store had not begun, and begins now.
 */
export function restoreRun(world: World, { loaded, flow }: Recovered, fates: AttemptFates): void {
  const run = new ActiveRun(loaded.run, flow, world);
  world.runs.set(run.id, run);
  for (const tell of world.onRunOpened) tell(run);
  if (run.made.idempotencyKey !== null) world.keys.set(run.made.idempotencyKey, run.id);
  const rows = [...loaded.taskRuns].sort((a, b) => depthOf(a) - depthOf(b) || a.node - b.node);
  excludeUnselected(run, rows);
  run.reusedItems = reusedItemsOf(flow, rows);
  const restorer = new Restorer(world, run, {
    fates,
    attempts: byTask(loaded.liveAttempts),
    numbers: byTask(loaded.lastAttempts),
  });
  for (const row of rows) restorer.place(row);
  run.readyBefore = readyTimesOf(run, rows);
  restorer.goOn();
  run.readyBefore = null;
  world.batch.mayBeOver.add(run);
}

function depthOf(row: TaskRunRow): number {
  return row.item === ROOT_ITEM ? 0 : row.item.split(".").length;
}

/** Leaves out what the run's selection leaves out. What it takes over is not selected either, but has a row. */
function excludeUnselected(run: ActiveRun, rows: readonly TaskRunRow[]): void {
  const { selection } = run.made;
  if (selection === null) return;
  const taken = new Set(rows.map((row) => row.node));
  const chosen = new Set(selection);
  const left: number[] = [];
  for (const [local, node] of run.progress.root.scope.nodes.entries()) {
    if (!taken.has(node) && !chosen.has(run.flow.spec.nodes[node]?.id ?? "")) left.push(local);
  }
  run.progress.exclude(left);
}

/** What stood of items from the start, where the map around them has not expanded yet. */
function reusedItemsOf(flow: LoadedFlow, rows: readonly TaskRunRow[]): ReadonlyMap<number, ReusedItems> {
  const expanded = new Set<number | null>();
  for (const { node, hook, state, itemCount } of rows) {
    if (hook === "" && (itemCount !== null || isFinalTaskRunState(state))) expanded.add(node);
  }
  const byMap = new Map<number, TaskRunRow[]>();
  for (const row of rows) {
    const map = row.hook === "" ? (flow.spec.nodes[row.node]?.map ?? null) : null;
    if (map === null || expanded.has(map)) continue;
    const known = byMap.get(map);
    if (known === undefined) byMap.set(map, [row]);
    else known.push(row);
  }
  return new Map([...byMap].map(([map, items]) => [map, { count: null, rows: items }]));
}

function byTask<Row extends Place>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [keyOf(row), row]));
}

type Place = Pick<TaskRunRow, "node" | "item" | "hook">;

function keyOf(row: Place): string {
  return `${row.node}/${row.item}/${row.hook}`;
}

interface Living {
  readonly fates: AttemptFates;
  readonly attempts: ReadonlyMap<string, AttemptRow>;
  /** The largest attempt number that was given to each; attempts that were lost are in no other count. */
  readonly numbers: ReadonlyMap<string, { readonly number: number }>;
}

class Restorer {
  readonly #world: World;
  readonly #run: ActiveRun;
  readonly #living: Living;
  /** What is done once every state is back. */
  readonly #then: (() => void)[] = [];

  constructor(world: World, run: ActiveRun, living: Living) {
    this.#world = world;
    this.#run = run;
    this.#living = living;
  }

  place(row: TaskRunRow): void {
    if (row.hook !== "") {
      if (!isFinalTaskRunState(row.state)) this.#hook(row);
      return;
    }
    if (row.node < 0) return;
    const at = this.#find(row);
    if (at === undefined) return;
    const { progress } = this.#run;
    // A map that was taken over from another run has no items in this one.
    if (row.itemCount !== null && row.reusedFrom === null) progress.expand(at.frame, at.slot, row.itemCount);
    if (isFinalTaskRunState(row.state)) {
      progress.restore(at.frame, at.slot, codeOf(row.state));
      noteFailure(this.#run, row);
    } else this.#active(row, at);
  }

  /** Frame and slot of a row; undefined when the map around it is not expanded (its items will be made anew). */
  #find(row: TaskRunRow): { frame: Frame; slot: number } | undefined {
    const { compiled } = this.#run.flow;
    const maps: number[] = [];
    for (let at = this.#run.flow.spec.nodes[row.node]?.map ?? null; at !== null; ) {
      maps.unshift(at);
      at = this.#run.flow.spec.nodes[at]?.map ?? null;
    }
    const indexes = row.item === ROOT_ITEM ? [] : row.item.split(".").map(Number);
    let frame: Frame = this.#run.progress.root;
    let item = 0;
    for (const [depth, map] of maps.entries()) {
      const body = frame.bodies.get(item * frame.width + (compiled.localOf[map] as number));
      if (body === undefined) return undefined;
      frame = body;
      item = indexes[depth] ?? 0;
      if (item >= frame.count) return undefined;
    }
    return { frame, slot: item * frame.width + (compiled.localOf[row.node] as number) };
  }

  #active(row: TaskRunRow, at: { frame: Frame; slot: number }): void {
    const { progress } = this.#run;
    const task = this.#taskOf(row, at);
    progress.restore(at.frame, at.slot, ACTIVE);
    if (task.spec.kind === "map") this.#map(task, at);
    else if (task.spec.kind === "branch") this.#branch(task, at);
    else {
      watchDeadline(this.#world, task);
      this.#then.push(() => this.#resume(task, row));
    }
  }

  #map(task: ActiveTask, { frame, slot }: { frame: Frame; slot: number }): void {
    this.#run.addRegion(task);
    const items = frame.bodies.get(slot);
    if (items === undefined) return;
    task.list = { kind: "unread", length: items.count };
    this.#then.push(() => beginItems(this.#world, task, { items, from: 0 }));
  }

  #branch(task: ActiveTask, { frame, slot }: { frame: Frame; slot: number }): void {
    this.#run.addRegion(task);
    this.#then.push(() => this.#run.progress.takeArm(frame, slot, task.arm ?? undefined));
  }

  #taskOf(row: TaskRunRow, at: { frame: Frame; slot: number } | undefined): ActiveTask {
    const place = { frame: at?.frame, slot: at?.slot ?? 0, node: row.node, item: row.item, hook: row.hook };
    const task = new ActiveTask(this.#run, place, row.readyAtMs ?? this.#world.batch.atMs);
    task.tries = row.tries;
    task.crashes = row.crashes;
    task.resumes = row.resumes;
    task.attempts = this.#living.numbers.get(keyOf(row))?.number ?? 0;
    task.startedAtMs = row.startedAtMs;
    task.resumeAtMs = row.resumeAtMs;
    task.carry = row.carry;
    task.waitsFor = row.waitsFor;
    task.childRun = row.childRun;
    task.error = row.error;
    task.arm = row.arm;
    task.state = row.state;
    if (row.hook !== "") task.hookInput = row.carry;
    this.#run.tasks.add(task);
    return task;
  }

  #hook(row: TaskRunRow): void {
    const task = this.#taskOf(row, undefined);
    this.#run.openHooks += 1;
    this.#then.push(() => this.#resume(task, row));
  }

  #resume(task: ActiveTask, row: TaskRunRow): void {
    const live = this.#living.attempts.get(keyOf(row));
    if (live !== undefined) {
      this.#goOnWith(task, live);
      return;
    }
    if (task.state === "retry_wait" || task.state === "deferred") recallCacheKey(this.#world, task);
    if (task.state === "retry_wait" && task.resumeAtMs !== null) waitForRetry(this.#world, task, task.resumeAtMs);
    else if (task.state === "deferred" && task.waitsFor !== null) this.#wait(task);
    else this.#requeue(task);
  }

  #goOnWith(task: ActiveTask, live: AttemptRow): void {
    const { fates } = this.#living;
    if (fates.neverStarted(live.id)) {
      this.#lose(task, live);
      return;
    }
    const isElsewhere = this.#world.ports.executor.adopt?.(live) === true;
    if (isElsewhere || fates.isAlive(live.id)) this.#adopt(task, live, isElsewhere);
    else this.#lose(task, live);
  }

  #wait(task: ActiveTask): void {
    if (task.childRun === null) waitOn(this.#world, task, task.waitsFor as NonNullable<ActiveTask["waitsFor"]>);
    else awaitChild(this.#world, task, task.childRun);
  }

  #adopt(task: ActiveTask, live: AttemptRow, isElsewhere: boolean): void {
    // Whether its executor heard that it was to stop is not known: it is told again.
    const state = live.state === "stopping" ? "running" : live.state;
    task.attempt = { id: live.id, number: live.number, state, startedAtMs: live.startedAtMs, isElsewhere };
    task.holdsSlots = true;
    this.#world.attempts.set(live.id, task);
    this.#world.admission.take(task, this.#world.batch.atMs, !isElsewhere);
    recallCacheKey(this.#world, task);
  }

  /** Its process is gone with the server that held it: the task goes back in line at no cost, unless it must not. */
  #lose(task: ActiveTask, live: AttemptRow): void {
    const error = errorInfo("PROCESS_DIED", "the server that ran this attempt has gone");
    task.error = error;
    this.#world.batch.attemptEnded(task, { ...live, state: "lost", place: live.place ?? undefined });
    // What was to stop anyway has stopped.
    const mustNotRunTwice = isCareful(task) && !this.#run.cancelRequested;
    if (mustNotRunTwice && !this.#living.fates.neverStarted(live.id)) failTask(this.#world, task, error);
    else this.#requeue(task);
  }

  #requeue(task: ActiveTask): void {
    if (task.state === "running" || task.state === "queued") task.advance(TASK_RUN_EVENTS.requeued);
    this.#world.batch.task(task);
    enqueueTask(this.#world, task);
  }

  goOn(): void {
    const run = this.#run;
    for (const step of this.#then) step();
    if (isFinalRunState(run.state)) return;
    if (run.state === "queued" && !run.cancelRequested) {
      startQueued(this.#world, run);
      return;
    }
    this.#world.gate.admit(run, this.#world.batch.atMs);
    watchRunTimeout(this.#world, run);
    // Who asked for it, and when, has been told: it is stopped again without a word.
    if (run.cancelRequested) stopTasks(this.#world, run);
    else run.progress.begin();
  }
}

function isCareful(task: ActiveTask): boolean {
  return task.hook === "" && task.taskSpec.policies.onLost === "fail";
}
