import type { World } from "../world.ts";

/** One alarm for each name; a new one replaces the old. They ring as steps of the loop. */
export class Alarms {
  readonly #world: World;
  readonly #cancels = new Map<string, () => void>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Rings at an instant, or as soon as can be when that has passed. */
  set(name: string, atMs: number, ring: () => void): void {
    this.clear(name);
    const cancel = this.#world.ports.clock.at(atMs, () => {
      this.#cancels.delete(name);
      this.#world.enqueue(ring);
    });
    this.#cancels.set(name, cancel);
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
