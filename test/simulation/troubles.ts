import type { Chance } from "./chance.ts";
import type { SimulatedServer } from "./simulated-server.ts";
import type { Timeline } from "./timeline.ts";
import type { Worker } from "./worker.ts";

/** What can happen to machines, each as often as the number says beside the others. */
const KINDS = {
  "server dies": 5,
  "server freezes": 4,
  "server is stopped": 1,
  "worker dies": 3,
  "clock jumps": 2,
  "database is away": 2,
} as const;

type Kind = keyof typeof KINDS;

export interface Machines {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly servers: readonly SimulatedServer[];
  readonly workers: readonly Worker[];
}

/** Lets machines die, freeze and come back, for as long as it is told to. */
export class Troubles {
  /** How often each happened. */
  readonly count: Record<Kind, number> = {
    "server dies": 0,
    "server freezes": 0,
    "server is stopped": 0,
    "worker dies": 0,
    "clock jumps": 0,
    "database is away": 0,
  };
  readonly #machines: Machines;
  /** On average, in milliseconds. */
  readonly #everyMs: number;
  readonly #kinds: readonly Kind[];
  /** How far clocks are set at most, in milliseconds. Waits that are stored by such a clock take their time. */
  readonly #farthestMs: number;
  #awayUntilMs = 0;
  #isOver = false;

  constructor(machines: Machines) {
    const { chance } = machines;
    this.#machines = machines;
    this.#everyMs = chance.pick([800, 2_000, 5_000, 12_000]);
    this.#farthestMs = chance.pick([60_000, 60_000, 600_000, 3_600_000]);
    // Each simulation has troubles of its own: much of some, little of others.
    const weights = (Object.keys(KINDS) as Kind[]).map((kind) => ({
      kind,
      length: KINDS[kind] * chance.pick([0, 1, 4]),
    }));
    const kinds = weights.flatMap(({ kind, length }) => Array.from({ length }, () => kind));
    this.#kinds = kinds.length > 0 ? kinds : ["server dies"];
  }

  get isDatabaseAway(): boolean {
    return this.#machines.timeline.nowMs < this.#awayUntilMs;
  }

  start(): void {
    const { timeline, chance } = this.#machines;
    timeline.after(chance.between(1, 2 * this.#everyMs), "trouble", async () => {
      if (this.#isOver) return;
      const kind = chance.pick(this.#kinds);
      this.count[kind] += 1;
      timeline.note(kind);
      await this.#let(kind);
      this.start();
    });
  }

  /** From now on all is well: everybody is there, and knows what time it is. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#awayUntilMs = 0;
    for (const server of this.#machines.servers) {
      server.setSkew(0);
      server.thaw();
      await server.boot();
    }
  }

  #let(kind: Kind): Promise<void> | undefined {
    const { timeline, chance, workers } = this.#machines;
    const server = this.#leaderOrAny();
    switch (kind) {
      case "server dies":
        timeline.after(chance.between(50, 6_000), `${server.name} boots`, () => server.boot());
        return server.crash();
      case "server freezes":
        timeline.after(chance.pick([300, 5_000, 15_000, 40_000]), `${server.name} thaws`, () => server.thaw());
        server.freeze();
        return undefined;
      case "server is stopped":
        server.stop();
        timeline.after(chance.between(5_000, 25_000), `${server.name} is started`, async () => {
          await server.crash();
          await server.boot();
        });
        return undefined;
      case "worker dies":
        chance.pick(workers).die();
        return undefined;
      case "clock jumps":
        server.setSkew(chance.pick([-1, -0.3, 0, 0, 0.02, 0.5, 1]) * this.#farthestMs);
        return undefined;
      case "database is away":
        this.#awayUntilMs = timeline.nowMs + chance.pick([200, 2_000, 12_000]);
        return undefined;
    }
  }

  /** The leader is hit more often than the others. */
  #leaderOrAny(): SimulatedServer {
    const { chance, servers } = this.#machines;
    const leader = servers.find(({ engine, isDead }) => engine !== undefined && !isDead);
    return leader !== undefined && chance.happens(0.6) ? leader : chance.pick(servers);
  }
}
