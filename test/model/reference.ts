import type { ErrorCode, MarkState, TaskRunState } from "@millrace/core";
import { CAPACITY, flowNamed, type ModelFlow, POOLS } from "./flows.ts";
import { type Ending, ReferenceRun, type ReferenceTask } from "./reference-run.ts";

/** What a command is answered with. */
export type Answer = { readonly run: string } | { readonly refused: ErrorCode };

export type Part = { readonly kind: "only" | "from"; readonly nodes: readonly string[] };
export type Repeat =
  | { readonly kind: "all" | "failed" }
  | { readonly kind: "tasks"; readonly nodes: readonly string[]; readonly downstream: boolean };

/** A run that is to be made: an answer that names no run yet. */
export type Made = ((id: string) => ReferenceRun) | Answer;

/** All runs there are, and who of them may go on: the engine's answers and states, worked out the slow way. */
export class Reference {
  atMs: number;
  /** In the order in which they were made. */
  readonly runs: ReferenceRun[] = [];

  constructor(atMs: number) {
    this.atMs = atMs;
  }

  find(id: string): ReferenceRun | undefined {
    return this.runs.find((run) => run.id === id);
  }

  request(flow: string, key: string | null, part: Part | null): Made {
    const known = key === null ? undefined : this.runs.find((run) => run.key === key);
    if (known !== undefined) return { run: known.id };
    const spec = FLOW_NAMES.has(flow) ? flowNamed(flow) : undefined;
    if (spec === undefined) return { refused: "UNKNOWN_FLOW" };
    if (part === null) return this.#making({ flow: spec, key, selection: null, leftOut: new Set() }, new Map());
    const unknown = part.nodes.some((node) => !spec.tasks.some(({ id }) => id === node));
    if (unknown) return { refused: "UNKNOWN_TASK" };
    const runs = new Set(part.kind === "from" ? withDownstream(spec, part.nodes) : part.nodes);
    const needed = spec.tasks.filter(({ id }) => runs.has(id)).flatMap(({ after }) => after);
    const taken = new Set(needed.filter((id) => !runs.has(id)));
    const giver = [...this.runs]
      .reverse()
      .filter((run) => run.flow === spec && (run.state === "success" || run.state === "failed"))
      .find((run) => [...taken].every((id) => run.tasks.get(id)?.state === "success"));
    if (taken.size > 0 && giver === undefined) return { refused: "USAGE" };
    const leftOut = new Set(spec.tasks.map(({ id }) => id).filter((id) => !runs.has(id) && !taken.has(id)));
    return this.#making(
      { flow: spec, key, selection: runs, leftOut },
      new Map([...taken].map((id) => [id, "success"])),
    );
  }

  rerun(id: string, repeat: Repeat): Made {
    const former = this.find(id);
    if (former === undefined) return { refused: "UNKNOWN_RUN" };
    if (!former.isSettled) return { refused: "RUN_ACTIVE" };
    const { flow } = former;
    const key = null;
    if (repeat.kind === "all") return this.#making({ flow, key, selection: null, leftOut: new Set() }, new Map());
    if (repeat.kind === "tasks" && repeat.nodes.some((node) => !flow.tasks.some((task) => task.id === node))) {
      return { refused: "UNKNOWN_TASK" };
    }
    const repeated = repeatedOf(former, repeat);
    const taken = new Map<string, "success" | "skipped">();
    for (const of of flow.tasks) {
      const before = former.tasks.get(of.id)?.state;
      if (!repeated.has(of.id) && (before === "success" || before === "skipped")) taken.set(of.id, before);
      // Items that ended well are taken over when nothing before their map is repeated: its list is the same.
      const sameList = repeat.kind === "failed" && repeated.has(of.id) && !of.after.some((up) => repeated.has(up));
      const wasExpanded = [...former.tasks.values()].some((task) => task.kind === "item" && task.of === of);
      if (!sameList || !wasExpanded) continue;
      for (const task of former.tasks.values()) {
        if (task.kind === "item" && task.of === of && task.state === "success") taken.set(task.label, "success");
      }
    }
    const leftOut = new Set(flow.tasks.map((of) => of.id).filter((of) => !repeated.has(of) && !taken.has(of)));
    return this.#making({ flow, key, selection: repeated, leftOut }, taken);
  }

  /** What is marked stands, what waits for it is decided anew, and the rest is as it was. */
  mark(id: string, nodes: readonly string[], as: MarkState): Made {
    const former = this.find(id);
    if (former === undefined) return { refused: "UNKNOWN_RUN" };
    if (!former.isSettled) return { refused: "RUN_ACTIVE" };
    const { flow } = former;
    if (nodes.some((node) => !flow.tasks.some((task) => task.id === node))) return { refused: "UNKNOWN_TASK" };
    const out = new Set(flow.tasks.map((of) => of.id).filter((of) => wasLeftOut(former, of)));
    const marked = nodes.filter((node) => !out.has(node) && writtenState(former, node) !== as);
    if (marked.length === 0) return { refused: "USAGE" };
    const anew = new Set(marked);
    // Upstreams stand before those that wait for them.
    for (const of of flow.tasks) if (!out.has(of.id) && of.after.some((up) => anew.has(up))) anew.add(of.id);
    const taken = new Map<string, TaskRunState>();
    for (const of of flow.tasks) {
      if (marked.includes(of.id)) taken.set(of.id, as);
      else if (!anew.has(of.id) && !out.has(of.id)) takeAsItWas(former, of.id, taken);
    }
    const selection = new Set([...anew].filter((of) => !marked.includes(of)));
    return this.#making({ flow, key: null, selection, leftOut: out }, taken);
  }

  #making(
    made: Omit<ConstructorParameters<typeof ReferenceRun>[0], "id">,
    taken: ReadonlyMap<string, TaskRunState>,
  ): (id: string) => ReferenceRun {
    return (id) => {
      const run = new ReferenceRun({ ...made, id }, taken);
      this.runs.push(run);
      this.#fillLanes();
      return run;
    };
  }

  cancel(id: string): Answer {
    const run = this.find(id);
    if (run === undefined) return { refused: "UNKNOWN_RUN" };
    if (run.isOver) return { refused: "RUN_FINISHED" };
    run.stop(this.atMs, false);
    this.#fillLanes();
    return { run: id };
  }

  attemptEnds(run: ReferenceRun, task: ReferenceTask, ending: Ending): void {
    run.attemptEnds(task, ending, this.atMs);
    this.#fillLanes();
  }

  /** Every attempt is gone with the leader. */
  attemptsVanish(): void {
    for (const run of this.runs) {
      for (const task of run.tasks.values()) if (task.attempt !== null) run.attemptVanishes(task, this.atMs);
    }
    this.#fillLanes();
  }

  timePasses(toMs: number): void {
    this.atMs = toMs;
    for (const run of this.runs) run.timePasses(toMs);
    this.#fillLanes();
  }

  get nextAtMs(): number {
    return Math.min(...this.runs.map((run) => run.nextAtMs));
  }

  /** Runs of a flow with a limit go in the order in which they were made. */
  #fillLanes(): void {
    for (const run of this.runs) {
      const { concurrency } = run.flow;
      const running = this.runs.filter(({ flow, state }) => flow === run.flow && state === "running").length;
      if (run.state === "queued" && (concurrency === null || running < concurrency)) run.start(this.atMs);
    }
  }

  /** What keeps a task that is ready from being started now; undefined when nothing does. */
  blockOf(task: ReferenceTask): string | undefined {
    const running = this.runs.flatMap((run) => [...run.tasks.values()].filter(({ attempt }) => attempt !== null));
    if (running.length >= CAPACITY) return "all workers are busy";
    if (task.kind === "hook") return undefined;
    const { pool, concurrency } = task.of;
    const beside = running.filter(({ kind }) => kind !== "hook");
    const holders = beside.filter(({ of }) => of.pool === pool).length;
    if (pool !== null && holders >= POOLS[pool as keyof typeof POOLS]) return `the pool ${pool} is full`;
    const same = beside.filter(({ of }) => of === task.of).length;
    return concurrency !== null && same >= concurrency ? "its own concurrency is used up" : undefined;
  }

  /** Whoever is ready and kept back by nothing. */
  idle(): string | undefined {
    for (const run of this.runs) {
      for (const task of run.tasks.values()) {
        if (task.state === "ready" && this.blockOf(task) === undefined) return `${run.id} ${task.label}`;
      }
    }
    return undefined;
  }
}

const FLOW_NAMES: ReadonlySet<string> = new Set(["line", "diamond", "single", "mapped", "limited"]);

function withDownstream(flow: ModelFlow, nodes: readonly string[]): readonly string[] {
  const chosen = new Set(nodes);
  // Upstreams stand before those that wait for them.
  for (const { id, after } of flow.tasks) if (after.some((upstream) => chosen.has(upstream))) chosen.add(id);
  return [...chosen];
}

/** What was cancelled before it began was never written down. */
function writtenState(former: ReferenceRun, id: string): TaskRunState | undefined {
  const state = former.tasks.get(id)?.state;
  return state === "pending" ? undefined : state;
}

function wasLeftOut(former: ReferenceRun, id: string): boolean {
  return former.selection?.has(id) === false && writtenState(former, id) === undefined;
}

/** A map that did not end well brings its items. */
function takeAsItWas(former: ReferenceRun, id: string, taken: Map<string, TaskRunState>): void {
  const state = writtenState(former, id) ?? "cancelled";
  taken.set(id, state);
  if (state === "success" || state === "skipped") return;
  for (const { label, kind, of, state: ofItem } of former.tasks.values()) {
    if (kind === "item" && of.id === id && ofItem !== "pending") taken.set(label, ofItem);
  }
}

/** What a rerun repeats: what is asked for, what waits for that, and what it needs and nobody can give. */
function repeatedOf(former: ReferenceRun, repeat: Exclude<Repeat, { kind: "all" }>): ReadonlySet<string> {
  const { tasks } = former.flow;
  const stateOf = (id: string): string | undefined => {
    const task = former.tasks.get(id);
    // What was cancelled before it began was never written down.
    return task?.state === "pending" ? undefined : task?.state;
  };
  const endedWell = (id: string): boolean => stateOf(id) === "success" || stateOf(id) === "skipped";
  const wasLeftOut = (id: string): boolean => former.selection?.has(id) === false && stateOf(id) === undefined;
  const isBarred = (id: string): boolean => repeat.kind === "failed" && wasLeftOut(id);
  const asked =
    repeat.kind === "tasks"
      ? repeat.nodes
      : tasks.map(({ id }) => id).filter((id) => !endedWell(id) && !wasLeftOut(id));
  const chosen = new Set(asked.filter((id) => !isBarred(id)));
  const downstream = repeat.kind !== "tasks" || repeat.downstream;
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    for (const { id, after } of tasks) {
      if (downstream && after.some((upstream) => chosen.has(upstream)) && !isBarred(id)) chosen.add(id);
      if (chosen.has(id)) for (const up of after) if (!endedWell(up) && !isBarred(up)) chosen.add(up);
    }
  }
  return chosen;
}
