import type { Clock } from "@millrace/core";
import { Heap } from "../admission/heap.ts";
import type { FollowedSchedule } from "./followed-schedule.ts";

/**
 * How often the clock is looked at, in milliseconds, whatever its alarms say: it may be set forward, and a machine that
 * slept has timers that did not run meanwhile.
 */
const PULSE_MS = 30_000;

/** Schedules in the order in which their next ticks are due, with one alarm for the first. */
export class DueLine {
  readonly #clock: Clock;
  readonly #ring: () => void;
  readonly #heap = new Heap<FollowedSchedule>((a, b) => a.dueMs < b.dueMs);
  #armedMs = Number.POSITIVE_INFINITY;
  #cancelAlarm: (() => void) | undefined;
  #cancelPulse: (() => void) | undefined;
  #isStopped = false;

  /** @param ring called when one is due; outside the loop. */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** The one whose tick is due first. */
  peek(): FollowedSchedule | undefined {
    return this.#heap.peek();
  }

  /** Puts one in line. Call `arm` when all are. */
  push(schedule: FollowedSchedule, dueMs: number | undefined): void {
    this.#heap.remove(schedule);
    schedule.dueMs = dueMs ?? Number.POSITIVE_INFINITY;
    if (dueMs !== undefined) this.#heap.push(schedule);
  }

  remove(schedule: FollowedSchedule): void {
    this.#heap.remove(schedule);
  }

  /** Takes out one that is due, or undefined. */
  take(nowMs: number): FollowedSchedule | undefined {
    const first = this.#heap.peek();
    if (first === undefined || first.dueMs > nowMs) return undefined;
    return this.#heap.pop();
  }

  /** Sees to it that `ring` is called when the first is due. */
  arm(): void {
    const first = this.#heap.peek();
    const atMs = first?.dueMs ?? Number.POSITIVE_INFINITY;
    if (this.#isStopped) return;
    if (first !== undefined) this.#cancelPulse ??= this.#clock.after(PULSE_MS, () => this.#pulse());
    if (atMs === this.#armedMs) return;
    this.#cancelAlarm?.();
    this.#armedMs = atMs;
    this.#cancelAlarm =
      first === undefined
        ? undefined
        : this.#clock.at(atMs, () => {
            this.#armedMs = Number.POSITIVE_INFINITY;
            this.#ring();
          });
  }

  #pulse(): void {
    this.#cancelPulse = undefined;
    const first = this.#heap.peek();
    if (first !== undefined && first.dueMs <= this.#clock.now()) this.#ring();
    else this.arm();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelAlarm?.();
    this.#cancelPulse?.();
  }
}
