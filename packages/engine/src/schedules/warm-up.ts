import type { EncodedText } from "@millrace/core";
import type { World } from "../world.ts";
import type { FollowedSchedule } from "./followed-schedule.ts";

const LOOK_EVERY_MS = 2_000;
const AHEAD_MS = 5_000;
const NO_PARAMS = "{}" as EncodedText;

/**
 * Parameters are made by code of the author, in a process that ends when nobody has asked it for a while. It is asked
 * shortly before a tick is due, for nothing but to be there by then.
 */
export class WarmUp {
  readonly #world: World;
  /** Those whose parameters need the author's code, and the tick for which it was asked last. */
  readonly #askedFor = new Map<FollowedSchedule, number>();
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(world: World) {
    this.#world = world;
  }

  add(schedule: FollowedSchedule): void {
    const { params, policies } = schedule.active.flow;
    const isNeeded = params !== null || policies.concurrencyKeyed || policies.taskKeys > 0;
    if (!isNeeded || this.#isStopped) return;
    this.#askedFor.set(schedule, Number.NEGATIVE_INFINITY);
    this.#cancel ??= this.#world.ports.clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  remove(schedule: FollowedSchedule): void {
    this.#askedFor.delete(schedule);
  }

  #look(): void {
    const { clock } = this.#world.ports;
    this.#cancel = undefined;
    if (this.#isStopped || this.#askedFor.size === 0) return;
    const soonMs = clock.now() + AHEAD_MS;
    const flows = new Map<string, FollowedSchedule>();
    for (const [schedule, askedForMs] of this.#askedFor) {
      if (schedule.dueMs > soonMs || schedule.dueMs === askedForMs) continue;
      this.#askedFor.set(schedule, schedule.dueMs);
      flows.set(schedule.name.flow, schedule);
    }
    for (const { active } of flows.values()) {
      const { version, flow, spec } = active;
      // What comes of it is told when the tick is due.
      this.#world.ports.definitions.parseParams(version, flow.name, spec.params ?? NO_PARAMS).catch(() => undefined);
    }
    this.#cancel = clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }
}
