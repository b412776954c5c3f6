import type { EventRow, RunId, RunRow } from "@millrace/core";
import type { RunAccess } from "../access/run-access.ts";
import type { Console } from "../output/console.ts";
import { parseRunEvent, type RunEvent } from "../run-view/run-event.ts";
import { applyEvent, makeRunView, type RunView } from "../run-view/run-view.ts";
import { makeJsonReporter } from "./json-reporter.ts";
import { makeLiveReporter } from "./live-reporter.ts";
import { specOfRun } from "./open-runtime.ts";
import { makePlainReporter } from "./plain-reporter.ts";
import type { RunReporter } from "./run-reporter.ts";
import { tellRun } from "./run-story.ts";

/** Told of though they leave every task where it was. */
const CHANGE_NO_STATE: ReadonlySet<RunEvent["kind"]> = new Set([
  "run.queued",
  "data.reported",
  "hook.finished",
] as const);

/** The reporter that suits what the command writes to. */
export function makeReporter(console: Console): RunReporter {
  if (console.json) return makeJsonReporter(console);
  return console.terminal === undefined ? makePlainReporter(console) : makeLiveReporter(console, console.terminal);
}

/**
 * Watches runs to their end. It listens before anything is asked of the engine, so that no event is missed: events of
 * a run that is not watched yet are kept until it is.
 */
export class RunFollower {
  readonly #runtime: RunAccess;
  readonly #reporter: RunReporter;
  readonly #stopListening: () => void;
  readonly #views = new Map<RunId, RunView>();
  readonly #new = new Set<RunId>();
  /** Events of runs that nobody has asked for yet. Null once everything that is to be watched is known. */
  #early: EventRow[] | null = [];
  #wake: (() => void)[] = [];

  constructor(runtime: RunAccess, reporter: RunReporter) {
    this.#runtime = runtime;
    this.#reporter = reporter;
    this.#stopListening = runtime.onEvents((events) => this.#take(events));
  }

  /** Watches a run that was made after this follower: all its events are at hand. */
  async addNew(id: RunId): Promise<void> {
    this.#new.add(id);
    const run = await this.#find(id);
    const asMade: RunRow = { ...run, state: "queued", startedAtMs: null, endedAtMs: null, error: null };
    this.#watch(makeRunView(await specOfRun(this.#runtime, run), asMade, []), false);
    this.#runtime.followRun?.(run);
  }

  /** Watches a run that an earlier process, or another one, has begun. */
  async addUnfinished(id: RunId): Promise<void> {
    await this.#addKnown(id, true);
  }

  /** Watches a run of which nobody has to say that it goes on: it may have ended. */
  async addKnown(id: RunId): Promise<void> {
    await this.#addKnown(id, false);
  }

  async #addKnown(id: RunId, resumed: boolean): Promise<void> {
    const run = await this.#find(id);
    const spec = await specOfRun(this.#runtime, run);
    this.#watch(makeRunView(spec, run, await this.#runtime.store.history.listTaskRuns(id)), resumed);
    this.#runtime.followRun?.(run);
  }

  async #find(id: RunId): Promise<RunRow> {
    const run = await this.#runtime.store.history.findRun(id);
    if (run === undefined) throw new Error(`the run ${id} is not in the store`);
    return run;
  }

  #watch(view: RunView, resumed: boolean): void {
    const id = view.run as RunId;
    this.#views.set(id, view);
    this.#reporter.begin(view, resumed);
    for (const event of this.#early ?? []) if (event.run === id) this.#show(event);
  }

  /** Nothing will be added any more. */
  seal(): void {
    this.#early = null;
  }

  /** Waits for the end of a watched run, and tells it. */
  async end(id: RunId): Promise<RunRow> {
    const run = await this.#runtime.whenSettled(id);
    const view = this.#viewOf(id);
    // All events of a new run are on their way. Of another run some may have come before anybody listened.
    if (this.#new.has(id)) await this.#until(() => view.endedAtMs !== null);
    else if (view.endedAtMs === null) {
      Object.assign(view, makeRunView(view.spec, run, await this.#runtime.store.history.listTaskRuns(id)));
    }
    this.#reporter.end(view, await tellRun(this.#runtime, run, view));
    this.#views.delete(id);
    return run;
  }

  /**
   * Resolves when nothing of the run moves any more and time is all it waits for (false), or when it has ended (true):
   * a run that waits for tomorrow must not hold a terminal until then.
   */
  async rests(id: RunId): Promise<boolean> {
    const view = this.#views.get(id);
    if (view === undefined) return true;
    await this.#until(() => view.endedAtMs !== null || onlyWaitsForTime(view));
    return view.endedAtMs !== null;
  }

  notice(line: string): void {
    this.#reporter.notice(line);
  }

  close(): void {
    this.#stopListening();
    this.#reporter.close();
  }

  #viewOf(id: RunId): RunView {
    const view = this.#views.get(id);
    if (view === undefined) throw new Error(`the run ${id} is not watched`);
    return view;
  }

  #take(events: readonly EventRow[]): void {
    for (const event of events) {
      if (this.#views.has(event.run)) this.#show(event);
      else this.#early?.push(event);
    }
    for (const wake of this.#wake.splice(0)) wake();
  }

  #show(row: EventRow): void {
    const view = this.#viewOf(row.run);
    const event = parseRunEvent(row);
    if (applyEvent(view, event) || CHANGE_NO_STATE.has(event.kind)) this.#reporter.event(view, event);
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }
}

function onlyWaitsForTime(view: RunView): boolean {
  const active = [...view.active.values()];
  return active.length > 0 && active.every(({ state, resumeAtMs }) => state === "deferred" && resumeAtMs !== null);
}
