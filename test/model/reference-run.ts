import type { AttemptOrder, RunState, TaskRunState } from "@millrace/core";
import { CRASH_BUDGET, type ModelFlow, type ModelTask, RETRY_DELAY_MS } from "./flows.ts";
import { type UpstreamEnd, verdictOf } from "./rule-by-meaning.ts";

/** How an attempt may end. */
export type Ending = "success" | "failed" | "hopeless" | "crashed" | "lost" | "cancelled" | "timed_out" | "deferred";

export const DEFERRAL_MS = 3_000;

/** A task run, or a hook. A map is one without attempts. */
export interface ReferenceTask {
  readonly label: string;
  readonly of: ModelTask;
  readonly kind: "task" | "map" | "item" | "hook";
  state: TaskRunState;
  tries: number;
  crashes: number;
  /** When a retry or a deferral goes on. */
  wakeAtMs: number | null;
  deadlineAtMs: number | null;
  attempt: { readonly order: AttemptOrder; readonly stopping: boolean; readonly overdue: boolean } | null;
  /** It was done in another run. */
  isTaken: boolean;
}

const FINAL: ReadonlySet<TaskRunState> = new Set(["success", "failed", "skipped", "upstream_failed", "cancelled"]);

/** A run as it must be: a plain list of task runs, looked through again after everything that happens. */
export class ReferenceRun {
  readonly id: string;
  readonly flow: ModelFlow;
  readonly key: string | null;
  readonly leftOut: ReadonlySet<string>;
  /** Ids of the tasks that it runs itself; null for all. */
  readonly selection: ReadonlySet<string> | null;
  state: RunState = "queued";
  cancelRequested = false;
  deadlineAtMs: number | null = null;
  /** By label, in the order in which they came to be. */
  readonly tasks = new Map<string, ReferenceTask>();
  #timedOut = false;

  constructor(
    made: Pick<ReferenceRun, "id" | "flow" | "key" | "selection" | "leftOut">,
    taken: ReadonlyMap<string, TaskRunState>,
  ) {
    this.id = made.id;
    this.flow = made.flow;
    this.key = made.key;
    this.selection = made.selection;
    this.leftOut = made.leftOut;
    for (const of of this.flow.tasks) {
      if (this.leftOut.has(of.id)) continue;
      take(this.#add(of.id, of, of.items === null ? "task" : "map"), taken.get(of.id));
      for (const [label, state] of taken) {
        if (label.startsWith(`${of.id}[`)) take(this.#add(label, of, "item"), state);
      }
    }
  }

  #add(label: string, of: ModelTask, kind: ReferenceTask["kind"]): ReferenceTask {
    const task: ReferenceTask = {
      label,
      of,
      kind,
      state: "pending",
      tries: 0,
      crashes: 0,
      wakeAtMs: null,
      deadlineAtMs: null,
      attempt: null,
      isTaken: false,
    };
    this.tasks.set(label, task);
    return task;
  }

  get isOver(): boolean {
    return this.state === "success" || this.state === "failed" || this.state === "cancelled";
  }

  /** Over, and nothing of it is at work. */
  get isSettled(): boolean {
    return this.isOver && [...this.tasks.values()].every((task) => isFinal(task) || task.state === "pending");
  }

  start(atMs: number): void {
    this.state = "running";
    this.deadlineAtMs = this.flow.timeoutMs === null ? null : atMs + this.flow.timeoutMs;
    this.look(atMs);
  }

  /** Nothing begins any more; what runs is told to stop. */
  stop(atMs: number, timedOut: boolean): void {
    if (this.isOver || this.cancelRequested) return;
    this.cancelRequested = true;
    this.#timedOut = timedOut;
    for (const task of this.tasks.values()) {
      if (task.kind === "hook" || isFinal(task) || task.state === "pending") continue;
      if (task.attempt === null) this.#end(task, "cancelled");
      else task.attempt = { ...task.attempt, stopping: true };
    }
    this.look(atMs);
  }

  /** An attempt of this task run has ended. */
  attemptEnds(task: ReferenceTask, ending: Ending, atMs: number): void {
    const overdue = task.attempt?.overdue === true;
    task.attempt = null;
    if (ending === "crashed") task.crashes += 1;
    this.#apply(task, { ending, overdue, stopping: this.cancelRequested && task.kind !== "hook" }, atMs);
    this.look(atMs);
  }

  #apply(
    task: ReferenceTask,
    { ending, overdue, stopping }: { readonly ending: Ending; readonly overdue: boolean; readonly stopping: boolean },
    atMs: number,
  ): void {
    if (ending === "success") this.#end(task, "success");
    else if (overdue && !(stopping && (ending === "crashed" || ending === "lost" || ending === "deferred"))) {
      this.#end(task, "failed");
    } else if (ending === "cancelled") this.#end(task, "cancelled");
    else if (ending === "crashed" || ending === "lost") this.#lose(task, stopping);
    else if (ending === "deferred") this.#defer(task, stopping, atMs);
    else this.#fail(task, { again: ending !== "hopeless" && !stopping, atMs });
  }

  #fail(task: ReferenceTask, { again, atMs }: { readonly again: boolean; readonly atMs: number }): void {
    const isTry = !this.cancelRequested && task.kind !== "hook";
    if (isTry) task.tries += 1;
    if (!isTry || !again || task.tries > task.of.retries) {
      this.#end(task, "failed");
      return;
    }
    task.state = "retry_wait";
    task.wakeAtMs = atMs + RETRY_DELAY_MS;
    if (task.of.hooks.includes("retry")) this.#hook(task, `retry:${task.tries}`);
  }

  #lose(task: ReferenceTask, stopping: boolean): void {
    if (stopping) this.#end(task, "cancelled");
    else if (task.kind !== "hook" && task.of.onLost === "fail") this.#end(task, "failed");
    else if (task.crashes >= CRASH_BUDGET) this.#end(task, "failed");
    else task.state = "ready";
  }

  #defer(task: ReferenceTask, stopping: boolean, atMs: number): void {
    if (stopping) this.#end(task, "cancelled");
    else {
      task.state = "deferred";
      task.wakeAtMs = atMs + DEFERRAL_MS;
    }
  }

  /** The leader and its workers are gone: what ran there is lost, at no cost unless it must not run twice. */
  attemptVanishes(task: ReferenceTask, atMs: number): void {
    const overdue = task.attempt?.overdue === true;
    task.attempt = null;
    if (this.cancelRequested && task.kind !== "hook") this.#end(task, "cancelled");
    else if (overdue || (task.kind !== "hook" && task.of.onLost === "fail")) this.#end(task, "failed");
    else task.state = "ready";
    this.look(atMs);
  }

  /** What is due at this instant happens. */
  timePasses(atMs: number): void {
    for (const task of this.tasks.values()) {
      if (isFinal(task)) continue;
      if (task.wakeAtMs !== null && task.wakeAtMs <= atMs) {
        task.wakeAtMs = null;
        task.state = "ready";
      }
      if (task.deadlineAtMs === null || task.deadlineAtMs > atMs) continue;
      task.deadlineAtMs = null;
      if (task.attempt === null) this.#end(task, "failed");
      else task.attempt = { ...task.attempt, stopping: true, overdue: true };
    }
    if (this.deadlineAtMs !== null && this.deadlineAtMs <= atMs) this.stop(atMs, true);
    this.look(atMs);
  }

  /** The next instant at which something happens by itself. */
  get nextAtMs(): number {
    const instants = [...this.tasks.values()].flatMap((task) =>
      isFinal(task) ? [] : [task.wakeAtMs, task.deadlineAtMs],
    );
    if (!this.isOver && !this.cancelRequested) instants.push(this.deadlineAtMs);
    return Math.min(...instants.filter((atMs) => atMs !== null));
  }

  #end(task: ReferenceTask, state: TaskRunState): void {
    task.state = state;
    task.wakeAtMs = null;
    if (task.kind === "task" || task.kind === "item") {
      if (state === "success" && task.of.hooks.includes("success")) this.#hook(task, "success");
      if (state === "failed" && task.of.hooks.includes("failure")) this.#hook(task, "failure");
    }
  }

  #hook(task: ReferenceTask, kind: string): void {
    this.#add(`${task.label} on ${kind}`, task.of, "hook").state = "ready";
  }

  /** Decides everything that can be decided, again and again until nothing changes. */
  look(atMs: number): void {
    if (this.state !== "running") {
      if (this.state === "queued" && this.cancelRequested) this.state = "cancelled";
      return;
    }
    while (!this.cancelRequested && [...this.tasks.values()].some((task) => this.#decide(task, atMs)));
    const open = [...this.tasks.values()].filter((task) => task.kind !== "hook" && !isFinal(task));
    if (this.cancelRequested) {
      if (open.every(({ state }) => state === "pending")) this.state = this.#timedOut ? "failed" : "cancelled";
    } else if (open.length === 0) this.state = this.#hasFailedLeaf() ? "failed" : "success";
  }

  /** True when it changed something. */
  #decide(task: ReferenceTask, atMs: number): boolean {
    if (task.kind === "map" && task.state === "running") return this.#completeMap(task);
    if (task.kind === "hook" || task.kind === "item" || task.state !== "pending") return false;
    const upstream = task.of.after.flatMap((id) => this.tasks.get(id) ?? []);
    const ended = upstream
      .filter(isFinal)
      .map(({ state }) => (state === "cancelled" ? "failed" : state) as UpstreamEnd);
    const verdict = verdictOf(task.of.rule, ended, upstream.length - ended.length);
    if (verdict === undefined) return false;
    if (verdict !== "run") task.state = verdict;
    else if (task.kind === "map") this.#expand(task, atMs);
    else this.#ready(task, atMs);
    return true;
  }

  #ready(task: ReferenceTask, atMs: number): void {
    task.state = "ready";
    task.deadlineAtMs = task.of.totalTimeoutMs === null ? null : atMs + task.of.totalTimeoutMs;
  }

  #expand(map: ReferenceTask, atMs: number): void {
    map.state = "running";
    for (let item = 0; item < (map.of.items ?? 0); item += 1) {
      const label = `${map.label}[${item}]`;
      const known = this.tasks.get(label) ?? this.#add(label, map.of, "item");
      if (known.state === "pending") this.#ready(known, atMs);
    }
  }

  #completeMap(map: ReferenceTask): boolean {
    const items = [...this.tasks.values()].filter(({ kind, of }) => kind === "item" && of === map.of);
    if (!items.every(isFinal)) return false;
    this.#end(map, items.every(({ state }) => state === "success") ? "success" : "failed");
    return true;
  }

  #hasFailedLeaf(): boolean {
    const waitedFor = new Set(this.flow.tasks.filter(({ id }) => !this.leftOut.has(id)).flatMap(({ after }) => after));
    return this.flow.tasks.some(({ id }) => {
      const state = this.tasks.get(id)?.state;
      return !waitedFor.has(id) && (state === "failed" || state === "upstream_failed" || state === "cancelled");
    });
  }
}

function take(task: ReferenceTask, state: TaskRunState | undefined): void {
  if (state === undefined) return;
  task.state = state;
  task.isTaken = true;
}

export function isFinal({ state }: Pick<ReferenceTask, "state">): boolean {
  return FINAL.has(state);
}
