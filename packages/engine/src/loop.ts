import {
  type AttemptId,
  type AttemptReport,
  type CommandAnswer,
  type Epoch,
  MillraceError,
  type RunId,
} from "@millrace/core";
import type { ActiveRun } from "./active-run.ts";
import { Batch } from "./batch.ts";
import { backOffMs } from "./patience.ts";
import type { EngineOptions, EnginePorts } from "./ports.ts";
import { listenerOf } from "./progress-listener.ts";
import { type AttemptFates, type Recovered, readRun, restoreRun } from "./recovery.ts";
import { applyReport } from "./reports.ts";
import { settleRun, startNext } from "./runs.ts";
import { admitTasks, giveBack } from "./tasks.ts";
import { type Step, World } from "./world.ts";

/**
 * The loop: what came in since the last commit is applied together, written in one transaction, and only then acted
 * upon. While a commit is under way, reports and steps gather for the next: that is the whole of group commit.
 */
export class Loop {
  readonly world: World;
  readonly #ports: EnginePorts;
  readonly #options: EngineOptions;
  #reports: AttemptReport[] = [];
  #steps: Step[] = [];
  /** Puts runs back that were read from the store; comes before the reports about them. */
  #restore: ((reports: readonly AttemptReport[]) => void) | undefined;
  /** Attempts that may have been written down though their commit failed, and that were never started. */
  readonly #neverStarted: AttemptId[] = [];
  #scheduled = false;
  /** Also until what was unfinished has been read: a report about it must find it. */
  #running = true;
  #failures = 0;
  /** The number of the last event that is known to be durable: by it one sees whether a lost commit was written. */
  #lastEvent = 0;
  #dead = false;
  /** The turn that is under way, or the last one. */
  #current: Promise<void> | undefined;
  #retiring = false;
  readonly #idle: (() => void)[] = [];

  constructor(ports: EnginePorts, options: EngineOptions) {
    this.#ports = ports;
    this.#options = options;
    this.world = new World(ports, options, {
      listen: (run) => listenerOf(this.world, run),
      enqueue: (step) => this.enqueue(step),
      giveUp: (error) => this.fail(error),
    });
  }

  report(report: AttemptReport): void {
    this.#reports.push(report);
    this.#schedule();
  }

  enqueue(step: Step): void {
    this.#steps.push(step);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#running || this.#retiring || this.#dead) return;
    this.#scheduled = true;
    this.#ports.soon(() => {
      this.#scheduled = false;
      this.#current = this.#turn();
    });
  }

  async #turn(): Promise<void> {
    if (this.#running || this.#retiring || this.#dead) return;
    this.#running = true;
    const reports = this.#reports;
    const steps = this.#steps;
    this.#reports = [];
    this.#steps = [];
    const batch = new Batch(this.#ports.clock.now());
    try {
      this.#apply(batch, { reports, steps });
    } catch (error) {
      this.#die(new MillraceError("INTERNAL", "the engine met a bug of its own and stops", { cause: error }));
      return;
    }
    try {
      if (!batch.isEmpty) {
        await this.#ports.store.commit(this.world.epoch, batch.changes());
        this.#lastEvent += batch.events.length;
        this.#storeWorks();
      }
    } catch (error) {
      await this.#recover(batch, reports, error);
      return;
    }
    if (!this.#ports.leadership.isTrusted()) {
      // Written in time, perhaps; but another may lead by now, and starts these attempts itself.
      this.#die(leadershipEnded(this.world.epoch));
      return;
    }
    this.#running = false;
    this.#publish(batch);
    if (this.#reports.length > 0 || this.#steps.length > 0) this.#schedule();
    else if (this.#isQuiet) for (const callback of this.#idle.splice(0)) callback();
  }

  #apply(
    batch: Batch,
    { reports, steps }: { readonly reports: readonly AttemptReport[]; readonly steps: readonly Step[] },
  ): void {
    const { world } = this;
    world.beginTurn(batch);
    this.#restore?.(reports);
    this.#restore = undefined;
    for (const report of reports) applyReport(world, report);
    for (const step of steps) step();
    startNext(world);
    // A run that ends may start another, which may end at once too.
    for (const run of batch.mayBeOver) {
      batch.mayBeOver.delete(run);
      settleRun(world, run);
    }
    admitTasks(world);
    world.endTurn();
  }

  #publish(batch: Batch): void {
    for (const effect of batch.effects) effect();
    for (const answer of batch.answers) this.onAnswer(answer);
    for (const begin of batch.afterwards) begin();
    if (batch.events.length > 0) this.#options.onCommitted?.(batch.events);
  }

  /**
   * The commit failed: as far as anybody knows nothing of this turn is true, though it may have been written all the
   * same. The runs it touched are dropped and read again, the reports are applied anew, and the commands it answered are
   * found again in the store, or their answers are. A store that is away is asked again, for as long as the engine has
   * patience.
   */
  async #recover(batch: Batch, reports: readonly AttemptReport[], error: unknown): Promise<void> {
    this.#reports = [...reports, ...this.#reports];
    if (!this.#hasPatience(error)) return;
    this.#neverStarted.push(...batch.starts);
    for (const run of batch.touched) this.#drop(run);
    for (;;) {
      if (this.#retiring) return;
      await this.#pause(backOffMs(this.#failures));
      if (this.#dead) return;
      try {
        await this.#readAgain(batch, reports);
        break;
      } catch (loadError) {
        if (!this.#hasPatience(loadError)) return;
      }
    }
    if (this.#dead) return;
    this.#running = false;
    for (const begin of batch.afterwards) begin();
    this.onRecovered();
    this.#schedule();
  }

  async #readAgain(batch: Batch, reports: readonly AttemptReport[]): Promise<void> {
    if (batch.setsPools) await this.world.rereadPools();
    if (batch.changesTriggers) await this.world.rereadTriggers();
    const lastEvent = await this.#ports.store.history.lastEventSeq();
    await this.#load([...batch.touched].map((run) => run.id));
    const answers: (CommandAnswer | undefined)[] = [];
    for (const { id } of batch.answers) answers.push(await this.#ports.store.findAnswer(id));
    // An end that was applied is only answered; nothing else tells a fact about data from the same fact said twice.
    if (lastEvent > this.#lastEvent) {
      const kept = new Set(reports.filter(({ kind }) => kind === "data"));
      this.#reports = this.#reports.filter((report) => !kept.has(report));
    }
    this.#lastEvent = lastEvent;
    // Until here they count as being worked on: a list of commands that is on its way may still name them.
    for (const { id } of batch.answers) this.world.commands.delete(id);
    for (const answer of answers) if (answer !== undefined) this.onAnswer(answer);
  }

  /** Counts a failure of the store. False when it was one too many, and the engine has given up. */
  #hasPatience(error: unknown): boolean {
    const known = toStoreFailure(error);
    this.#failures += 1;
    if (known.code === "LEADERSHIP_LOST" || this.#failures >= this.world.patience) {
      this.fail(known);
      return false;
    }
    if (this.#failures === 1) this.#options.onTrouble?.(known);
    return true;
  }

  #storeWorks(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#options.onTrouble?.(null);
  }

  /** Set by the engine: looks for commands again. */
  onRecovered: () => void = () => {};
  /** Set by the engine: somebody may wait for it. */
  onAnswer: (answer: CommandAnswer) => void = () => {};

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#ports.clock.after(ms, () => resolve()));
  }

  #drop(run: ActiveRun): void {
    const { world } = this;
    const nowMs = world.ports.clock.now();
    run.dropped = true;
    run.cancelDeadline?.();
    world.runs.delete(run.id);
    if (run.made.idempotencyKey !== null) world.keys.delete(run.made.idempotencyKey);
    for (const task of run.tasks) {
      task.stopTimers();
      if (task.attempt !== null) world.attempts.delete(task.attempt.id);
      if (task.childRun !== null) world.waitingFor.delete(task.childRun);
      world.admission.remove(task, nowMs);
      giveBack(world, task, nowMs);
    }
    run.tasks.clear();
    world.gate.leave(run, nowMs);
  }

  /** Puts back what is unfinished, and begins to work. */
  async begin(unfinished: readonly RunId[]): Promise<void> {
    void this.#ports.leadership.lost.then((error) => this.fail(error));
    this.#lastEvent = await this.#ports.store.history.lastEventSeq();
    await this.#load(unfinished);
    this.#running = false;
    this.#schedule();
  }

  /** Reads runs from the store, to be put back first in the next turn. Runs that the store does not have never were. */
  async #load(ids: readonly RunId[]): Promise<void> {
    const { world } = this;
    const recovered: Recovered[] = [];
    for (const id of ids) {
      if ((await this.#ports.store.history.findRun(id)) === undefined) continue;
      const one = await readRun(world, id);
      if (!one.loaded.run.settled) recovered.push(one);
    }
    // Those that run keep their turn before those that wait for one.
    recovered.sort((a, b) => Number(isQueued(a)) - Number(isQueued(b)));
    this.#restore = (reports) => {
      const alive = new Set<AttemptId>(this.#ports.executor.alive());
      for (const report of reports) alive.add(report.attempt);
      const unheard = new Set(this.#neverStarted.splice(0));
      const fates: AttemptFates = {
        isAlive: (attempt) => alive.has(attempt),
        neverStarted: (attempt) => unheard.has(attempt),
      };
      for (const one of recovered) restoreRun(world, one, fates);
      startNext(world);
    };
  }

  /** Resolves when nothing is waiting to be read, applied or written. */
  whenQuiet(): Promise<void> {
    return this.#isQuiet ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  get #isQuiet(): boolean {
    if (this.#dead) return true;
    const isWaiting = this.#restore !== undefined || this.#reports.length > 0 || this.#steps.length > 0;
    return !this.#running && !isWaiting && this.world.outstanding === 0;
  }

  /**
   * Ends after the turn that is under way: it is written and acted upon, and nothing after it. A store that fails is not
   * waited for. Gives the reports that nobody has applied; they are the next leader's.
   */
  async retire(): Promise<readonly AttemptReport[]> {
    this.#retiring = true;
    if (this.#failures === 0) await this.#current;
    this.stop();
    return this.#reports.splice(0);
  }

  #die(error: MillraceError): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#running = false;
    this.world.isOver = true;
    this.world.endTurn();
    for (const callback of this.#idle.splice(0)) callback();
    this.#options.onFatal?.(error);
  }

  /** The store cannot be used any more: gives up, and says why. Once is enough. */
  fail(error: unknown): void {
    this.#die(toStoreFailure(error));
  }

  stop(): void {
    this.#dead = true;
    this.world.isOver = true;
  }
}

function leadershipEnded(epoch: Epoch): MillraceError {
  return new MillraceError("LEADERSHIP_LOST", `epoch ${epoch} does not lead any more`, {
    hint: "Another process leads, or this one will again once it reaches the database in time.",
  });
}

function toStoreFailure(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  return new MillraceError("STORE_FAILED", String(error), { cause: error });
}

function isQueued({ loaded }: Recovered): boolean {
  return loaded.run.state === "queued";
}
