import { answer, answerAtOnce, refuse } from "../answers.ts";
import { pauseTriggers, resumeTriggers } from "../triggers/pausing.ts";
import { TriggerSync } from "../triggers/trigger-sync.ts";
import type { World } from "../world.ts";
import type { ScheduleOutlook } from "./schedule-outlook.ts";
import { Scheduler } from "./scheduler.ts";
import { succeedSchedule } from "./succession.ts";

/** A version that cannot be read is looked at again after this time, in milliseconds. */
const LOOK_AGAIN_MS = 10_000;

export interface ScheduleOptions {
  /** Whether this leader makes runs of schedules and triggers; else it only takes commands about them. */
  readonly isOn: boolean;
  /** Called when the schedules of the active version are followed, at first and whenever it changes. Must not throw. */
  readonly onOutlook: (outlook: ScheduleOutlook) => void;
}

/** Keeps to what the active version says about schedules and triggers, and takes the commands about them. */
export class ScheduleService {
  readonly #world: World;
  readonly #options: ScheduleOptions;
  readonly #sync: TriggerSync;
  readonly #scheduler: Scheduler | undefined;
  #cancelLook: (() => void) | undefined;

  constructor(world: World, options: ScheduleOptions) {
    this.#world = world;
    this.#options = options;
    this.#scheduler = options.isOn ? new Scheduler(world) : undefined;
    this.#sync = new TriggerSync(world, {
      isActing: options.isOn,
      succeed: (former, begun) => succeedSchedule(world, former, begun),
    });
    world.handlers.set("sync_triggers", ({ id }) => {
      const done = (): void => answer(world, { id, ok: true, run: null });
      if (options.isOn) this.#look(done, (error) => refuse(world, id, error));
      else done();
    });
    world.handlers.set("pause_trigger", (stored) => this.#withRows(stored.id, () => pauseTriggers(world, stored)));
    world.handlers.set("resume_trigger", (stored) => this.#withRows(stored.id, () => resumeTriggers(world, stored)));
    if (options.isOn) world.onTriggersLost.push(async () => this.#lost());
  }

  /** How many schedules are followed, and what is due next. */
  get outlook(): ScheduleOutlook {
    return this.#scheduler?.outlook ?? { schedules: 0, next: null };
  }

  /** Before anything is restored. */
  async load(): Promise<void> {
    if (this.#options.isOn) await this.#world.triggers.ready(this.#world.ports.store.triggers);
  }

  start(): void {
    if (this.#options.isOn) this.#look();
  }

  stop(): void {
    this.#cancelLook?.();
    this.#scheduler?.stop();
  }

  #look(done: () => void = () => {}, failed: (error: unknown) => void = () => {}): void {
    const { clock } = this.#world.ports;
    this.#sync.sync(
      () => {
        this.#world.batch.effect(() => this.#options.onOutlook(this.outlook));
        done();
      },
      (error) => {
        failed(error);
        this.#cancelLook?.();
        this.#cancelLook = clock.after(LOOK_AGAIN_MS, () => this.#world.enqueue(() => this.#look()));
      },
    );
  }

  /** The rows were read again: all of them are looked at anew. */
  #lost(): void {
    this.#scheduler?.forget();
    this.#world.enqueue(() => this.#look());
  }

  /** A command about rows, which must have been read; without schedules nobody else has done so. */
  #withRows(id: Parameters<typeof refuse>[1], act: () => void): void {
    if (this.#options.isOn) {
      answerAtOnce(this.#world, id, act);
      return;
    }
    this.#sync.sync(
      () => answerAtOnce(this.#world, id, act),
      (error) => refuse(this.#world, id, error),
    );
  }
}
