import { type AttemptId, errorInfo } from "@millrace/core";
import { applyReport } from "./reports.ts";
import type { World } from "./world.ts";

/**
 * Looks now and then for attempts that their executor no longer knows and that never reported an end: a bug, or a lost
 * message. Seen missing twice in a row, they are lost, at no cost to their tasks; so no slot is held by the dead.
 */
export class Watchdog {
  readonly #world: World;
  readonly #everyMs: number;
  #missing = new Set<AttemptId>();
  #cancel: (() => void) | undefined;

  constructor(world: World, everyMs: number) {
    this.#world = world;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#cancel = this.#world.ports.clock.after(this.#everyMs, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  #look(): void {
    const alive = new Set(this.#world.ports.executor.alive());
    const missing = new Set<AttemptId>();
    for (const attempt of this.#world.attempts.keys()) if (!alive.has(attempt)) missing.add(attempt);
    const lost = [...missing].filter((attempt) => this.#missing.has(attempt));
    this.#missing = missing;
    if (lost.length > 0) this.#world.enqueue(() => this.#lose(lost));
  }

  #lose(attempts: readonly AttemptId[]): void {
    const world = this.#world;
    const error = errorInfo("PROCESS_DIED", "the executor no longer knows this attempt");
    for (const attempt of attempts) {
      const run = world.attempts.get(attempt)?.run.id;
      if (run === undefined) continue;
      const outcome = { state: "lost", error, spendsCrashBudget: false } as const;
      applyReport(world, { kind: "ended", run, attempt, epoch: world.epoch, atMs: world.batch.atMs, outcome });
    }
  }
}
