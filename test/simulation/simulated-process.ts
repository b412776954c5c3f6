import type { Clock } from "@millrace/core";
import type { Timeline } from "./timeline.ts";

/**
 * A process that can be frozen, thawed and killed between any two things it does. What reaches it while it is frozen
 * waits in front of it; what reaches it when it is dead is gone.
 */
export class SimulatedProcess {
  readonly name: string;
  /** The wall clock of its machine, which people and programs set. */
  readonly clock: Clock;
  /** The clock of its machine that nobody can set. */
  readonly steadyClock: Clock;
  /** How far the wall clock is ahead of true time, in milliseconds. */
  skewMs = 0;
  readonly #timeline: Timeline;
  readonly #waiting: (() => unknown)[] = [];
  /** When those who asked to be woken will be, in true time. */
  readonly #timers = new Map<object, number>();
  #state: "running" | "frozen" | "dead" = "running";

  constructor(name: string, timeline: Timeline) {
    this.name = name;
    this.#timeline = timeline;
    const wall = (): number => timeline.nowMs + this.skewMs;
    const steady = (): number => timeline.nowMs;
    const after: Clock["after"] = (ms, callback) => this.#timer(steady, steady() + ms, callback);
    this.clock = { now: wall, at: (instantMs, callback) => this.#timer(wall, instantMs, callback), after };
    this.steadyClock = { now: steady, at: (instantMs, callback) => this.#timer(steady, instantMs, callback), after };
  }

  /** The last instant for which somebody waits, in true time. */
  get lastTimerMs(): number {
    return Math.max(0, ...this.#timers.values());
  }

  get isDead(): boolean {
    return this.#state === "dead";
  }

  get isFrozen(): boolean {
    return this.#state === "frozen";
  }

  /** Does something as this process: at once, and gives what it gave; when it is thawed; or never. */
  run(work: () => unknown): unknown {
    if (this.#state === "running") return work();
    if (this.#state === "frozen") this.#waiting.push(work);
    return undefined;
  }

  freeze(): void {
    if (this.#state === "running") this.#state = "frozen";
  }

  /** Goes on where it was, and finds all that came meanwhile. */
  thaw(): void {
    if (this.#state !== "frozen") return;
    this.#state = "running";
    for (const work of this.#waiting.splice(0)) {
      this.#timeline.after(0, `${this.name} finds what came`, () => this.run(work));
    }
  }

  kill(): void {
    this.#state = "dead";
    this.#waiting.length = 0;
  }

  /** As the system's clock of a server does it: when the time seems to be over, it looks again. */
  #timer(now: () => number, instantMs: number, callback: () => void): () => void {
    const timer = {};
    let cancel = (): void => {};
    const wake = (): void => {
      if (now() < instantMs) {
        wait();
        return;
      }
      this.#timers.delete(timer);
      callback();
    };
    const wait = (): void => {
      const leftMs = instantMs - now();
      this.#timers.set(timer, this.#timeline.nowMs + leftMs);
      cancel = this.#timeline.after(leftMs, `${this.name} timer`, () => this.run(wake));
    };
    wait();
    return () => {
      this.#timers.delete(timer);
      cancel();
    };
  }
}
