import type { World } from "../world.ts";

/** One alarm for each name; a new one replaces the old. They ring as steps of the loop. */
export class Alarms {
  readonly #world: World;
  readonly #cancels = new Map<string, () => void>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Rings at an instant, or in the next turn when that has passed. */
  set(name: string, atMs: number, ring: () => void): void {
    this.clear(name);
    let isSet = true;
    const enqueue = (): void =>
      this.#world.enqueue(() => {
        if (!isSet) return;
        this.#cancels.delete(name);
        ring();
      });
    const isDue = atMs <= this.#world.nowMs;
    const cancel = isDue ? () => undefined : this.#world.ports.clock.at(atMs, enqueue);
    this.#cancels.set(name, () => {
      isSet = false;
      cancel();
    });
    if (isDue) enqueue();
  }

  clear(name: string): void {
    this.#cancels.get(name)?.();
    this.#cancels.delete(name);
  }

  stop(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
