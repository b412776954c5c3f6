import {
  type AttemptId,
  type AttemptPlace,
  type AttemptReport,
  type CommandAnswer,
  type CommandId,
  MillraceError,
  type RunId,
  type StoredCommand,
} from "@millrace/core";
import { answerPrune } from "./answers.ts";
import { Backfills } from "./backfills/backfills.ts";
import { planRetry, type RetryAsked, type RetryPlan } from "./backfills/retry-plan.ts";
import { requestChild } from "./child-runs.ts";
import { applyCommand } from "./commands.ts";
import { EventService } from "./events/event-service.ts";
import { Loop } from "./loop.ts";
import { backOffMs } from "./patience.ts";
import type { RepeatPlan } from "./plans/plan-view.ts";
import { type PoolView, viewPools } from "./pools.ts";
import type { EngineOptions, EnginePorts } from "./ports.ts";
import { planRepeat, type Repeat } from "./repeats.ts";
import { type RunningAttempt, runningNow } from "./running-now.ts";
import { stopRun } from "./runs.ts";
import type { ScheduleOutlook } from "./schedules/schedule-outlook.ts";
import { ScheduleService } from "./schedules/schedule-service.ts";
import { Pruner } from "./upkeep/pruner.ts";
import { Watchdog } from "./watchdog.ts";
import { explainRun, type WaitReason } from "./why.ts";
import type { World } from "./world.ts";

const COMMANDS_AT_ONCE = 200;
const WATCHDOG_MS = 10_000;

/**
 * The leader's engine: takes commands from the store, reports from the executor and instants from the clock, and keeps
 * runs going. `start()`, then it works by itself until `stop()`; stopping twice, or before starting, is fine.
 */
export class Engine {
  readonly #ports: EnginePorts;
  readonly #loop: Loop;
  readonly #world: World;
  readonly #watchdog: Watchdog | undefined;
  readonly #pruner: Pruner | undefined;
  readonly #events: EventService;
  readonly #backfills: Backfills;
  readonly #schedules: ScheduleService;
  readonly #waiting = new Map<CommandId, Waiting[]>();
  #stopWatching: (() => void) | undefined;
  #looking: Promise<void> | undefined;
  /** Commands answered while they were being read: what was read may still have them. */
  readonly #answeredMeanwhile = new Set<CommandId>();
  /** Why the engine gave up. */
  #fatal: MillraceError | undefined;
  /** In a row. */
  #failedLooks = 0;
  /** There were more commands than were read. */
  #hasMore = false;
  #lookAgain = false;
  #state: "new" | "running" | "stopped" = "new";

  constructor(ports: EnginePorts, options: EngineOptions) {
    this.#ports = ports;
    this.#loop = new Loop(ports, {
      ...options,
      onFatal: (error: MillraceError) => {
        this.#stopWatching?.();
        this.#watchdog?.stop();
        this.#world.stopAlarms();
        this.#events.stop();
        this.#schedules.stop();
        void this.#pruner?.stop();
        this.#giveUp(error);
        options.onFatal?.(error);
      },
    });
    this.#world = this.#loop.world;
    const watchdogMs = options.watchdogMs === undefined ? WATCHDOG_MS : options.watchdogMs;
    this.#watchdog = watchdogMs === null ? undefined : new Watchdog(this.#world, watchdogMs);
    this.#pruner = this.#makePruner(options.upkeep);
    this.#events = new EventService(this.#world);
    this.#backfills = new Backfills(this.#world);
    this.#schedules = new ScheduleService(this.#world, {
      isOn: options.schedules ?? false,
      onOutlook: (outlook) => options.onSchedules?.(outlook),
    });
    this.#world.requestChild = (task, command) => requestChild(this.#world, task, command);
    this.#world.abandonChild = (child) => {
      const run = this.#world.runs.get(child);
      if (run !== undefined) stopRun(this.#world, run, {});
    };
    this.#loop.onRecovered = () => this.#look();
    this.#loop.onAnswer = (answer) => {
      for (const { resolve } of this.#waiting.get(answer.id) ?? []) resolve(answer);
      this.#waiting.delete(answer.id);
      if (this.#looking !== undefined) this.#answeredMeanwhile.add(answer.id);
      if (this.#hasMore) this.#look();
    };
  }

  #makePruner(upkeep: EngineOptions["upkeep"]): Pruner | undefined {
    const world = this.#world;
    if (upkeep === undefined) {
      const refusal = new MillraceError("USAGE", "this leader keeps everything: it was started without upkeep");
      world.handlers.set("prune", ({ id }) => answerPrune(world, id, refusal));
      return undefined;
    }
    const pruner = new Pruner(world, upkeep, (id, pruned) => answerPrune(world, id, pruned));
    world.handlers.set("prune", ({ id, command }) => pruner.ask(id, command));
    return pruner;
  }

  /** Loads what is unfinished and carries on with it. */
  async start(): Promise<void> {
    if (this.#state !== "new") return;
    this.#state = "running";
    const { store, executor } = this.#ports;
    this.#world.lastAttempt = await store.lastAttemptId();
    await store.limits.removeFullRates(this.#ports.clock.now());
    await this.#world.limits.load(store.limits);
    await this.#schedules.load();
    await this.#backfills.load();
    await executor.start(
      (report) => this.#loop.report(report),
      () => this.#loop.enqueue(() => this.#world.remeasure()),
    );
    await this.#loop.begin(await store.unfinishedRuns());
    this.#stopWatching = store.watch(() => this.#look());
    this.#watchdog?.start();
    this.#pruner?.start();
    this.#schedules.start();
    this.#look();
  }

  /**
   * Stops acting: nothing new starts, what is being written is written, and the executor ends what runs. Those attempts
   * are lost at no cost to their tasks; the next leader carries on.
   */
  async stop(): Promise<void> {
    if (this.#state !== "running") {
      this.#state = "stopped";
      return;
    }
    this.#state = "stopped";
    this.#stopWatching?.();
    this.#watchdog?.stop();
    this.#world.draining = true;
    await this.#pruner?.stop();
    await this.#loop.whenQuiet();
    await this.#ports.executor.stop();
    await this.#loop.whenQuiet();
    this.#loop.stop();
    this.#stopTimers();
  }

  /**
   * Stops acting, but for the turn that is under way, and leaves to the executor what runs: what is said of it from now on
   * is for the next leader. Gives what was said already and not applied. Those who wait for an answer are refused with
   * `LEADERSHIP_LOST`; the next leader gives it.
   */
  async retire(): Promise<readonly AttemptReport[]> {
    this.#state = "stopped";
    this.#stopWatching?.();
    this.#watchdog?.stop();
    this.#world.draining = true;
    await this.#pruner?.stop();
    const unapplied = await this.#loop.retire();
    this.#stopTimers();
    this.#giveUp(new MillraceError("LEADERSHIP_LOST", `epoch ${this.#world.epoch} was given up`));
    return unapplied;
  }

  #stopTimers(): void {
    this.#world.stopAlarms();
    this.#events.stop();
    this.#schedules.stop();
    for (const run of this.#world.runs.values()) {
      run.cancelDeadline?.();
      for (const task of run.tasks) task.stopTimers();
    }
  }

  #giveUp(error: MillraceError): void {
    this.#fatal ??= error;
    for (const waiting of this.#waiting.values()) for (const { reject } of waiting) reject(error);
    this.#waiting.clear();
  }

  /** Writes a command down and works on it. The answer is durable when it arrives; rejects when the engine gives up. */
  async submit(command: StoredCommand): Promise<CommandAnswer> {
    await this.#ports.store.insertCommand(command);
    const answered = this.#whenAnswered(command.id);
    // Whoever finds the answer in the store does not wait for this one any more.
    answered.catch(() => {});
    this.#look();
    const known = await this.#ports.store.findAnswer(command.id);
    return known ?? answered;
  }

  #whenAnswered(id: CommandId): Promise<CommandAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#fatal !== undefined) reject(this.#fatal);
      const waiting = this.#waiting.get(id);
      if (waiting === undefined) this.#waiting.set(id, [{ resolve, reject }]);
      else waiting.push({ resolve, reject });
    });
  }

  /** How many task runs have a worker now, and how many wait for one. For people, and for those who scale. */
  get load(): { readonly busy: number; readonly waiting: number; readonly runs: number } {
    return { busy: this.#world.busy, waiting: this.#world.admission.waiting, runs: this.#world.runs.size };
  }

  /** How many schedules are followed, and which tick is next. */
  get schedules(): ScheduleOutlook {
    return this.#schedules.outlook;
  }

  /** Resolves when nothing is left to read, apply or write: only attempts and instants are waited for. */
  async whenQuiet(): Promise<void> {
    for (;;) {
      await this.#loop.whenQuiet();
      if (this.#looking === undefined) return;
      await this.#looking;
    }
  }

  /** Why each unfinished task run of an active run has not ended. Empty when the run is not active. */
  why(run: RunId): readonly WaitReason[] {
    const active = this.#world.runs.get(run);
    return active === undefined ? [] : explainRun(this.#world, active);
  }

  /** What a rerun or a mark would do. Throws what it would be refused with. */
  planRepeat(command: Repeat, actor: string): Promise<RepeatPlan> {
    return planRepeat(this.#world, command, { actor });
  }

  /** What retrying a backfill would do. Throws what it would be refused with. */
  planRetry(asked: RetryAsked): Promise<RetryPlan> {
    return planRetry(this.#world, this.#backfills, asked);
  }

  /** Where an attempt is that has not ended. Undefined: nobody here knows. */
  placeOf(attempt: AttemptId): AttemptPlace | undefined {
    return this.#ports.executor.placeOf?.(attempt);
  }

  /** What runs now, and where. */
  running(): readonly RunningAttempt[] {
    return runningNow(this.#world);
  }

  /** Pools with their holders and waiters. @param waiters how many of each pool to name. */
  pools(waiters: number): readonly PoolView[] {
    return viewPools(this.#world, waiters);
  }

  /** Commands may have come: reads them, one look at a time. */
  #look(): void {
    if (this.#looking !== undefined) {
      this.#lookAgain = true;
      return;
    }
    if (this.#state !== "running") return;
    this.#looking = this.#ports.store
      .pendingCommands(COMMANDS_AT_ONCE)
      .then((commands) => {
        this.#failedLooks = 0;
        this.#take(commands);
      })
      .catch((error: unknown) => {
        // When nothing is written meanwhile, nobody but this meets the trouble.
        this.#failedLooks += 1;
        if (this.#failedLooks >= this.#world.patience) this.#loop.fail(error);
        else this.#world.after(backOffMs(this.#failedLooks), () => this.#look());
      })
      .finally(() => {
        this.#looking = undefined;
        this.#answeredMeanwhile.clear();
        if (this.#lookAgain) {
          this.#lookAgain = false;
          this.#look();
        }
      });
  }

  #take(commands: readonly StoredCommand[]): void {
    this.#hasMore = commands.length === COMMANDS_AT_ONCE;
    const fresh = commands.filter(({ id }) => !this.#world.commands.has(id) && !this.#answeredMeanwhile.has(id));
    if (fresh.length === 0) return;
    this.#loop.enqueue(() => {
      for (const command of fresh) applyCommand(this.#world, command);
    });
  }
}

/** Somebody who submitted a command. */
interface Waiting {
  readonly resolve: (answer: CommandAnswer) => void;
  readonly reject: (error: MillraceError) => void;
}
