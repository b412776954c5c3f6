import {
  type CommandId,
  KEEP_EVERYTHING,
  MillraceError,
  type PruneCounts,
  type RetentionPolicy,
  type RunFamily,
  type RunId,
  type StoredCommand,
  toErrorInfo,
} from "@millrace/core";
import type { World } from "../world.ts";
import { countOf, forgetOld, sumOf } from "./forget-old.ts";
import { Leftovers } from "./remove-leftovers.ts";
import type { UpkeepOptions } from "./upkeep-options.ts";

type Prune = StoredCommand["command"] & { readonly kind: "prune" };

/** Somebody who asked for a pass of his own. */
interface Asked {
  readonly id: CommandId;
  readonly command: Prune;
}

const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;
/**
 * Between two short transactions it rests, so long that it has a fifth of the time at most; and at least so long, in
 * milliseconds, that everything that came in meanwhile has its turn.
 */
const REST_TIMES = 4;
const LEAST_REST_MS = 5;
/** A piece of work that seems longer than this was held up by something else: a machine asleep, a clock set. */
const MOST_BUSY_MS = 200;

/** Thrown through a pass that is to end early. What is left of it is on lists in the store. */
class Interrupted extends Error {}

/**
 * Keeps the store from growing for ever: forgets what retention lets go, and removes what that leaves behind, now and
 * then and when somebody asks. It never holds the loop up: what may be forgotten is decided in a turn, from memory, and
 * written in small transactions of their own.
 */
export class Pruner {
  readonly #world: World;
  readonly #options: UpkeepOptions;
  readonly #leftovers: Leftovers;
  readonly #answer: (id: CommandId, pruned: PruneCounts | MillraceError) => void;
  readonly #asked: Asked[] = [];
  #pass: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  /** Ends what the pass waits for. */
  #interrupt: (() => void) | undefined;
  #isStopped = false;
  /** Runs were forgotten since the last look for what they leave behind began. */
  #hasServed = false;

  /** @param answer gives a command its answer, inside a turn. */
  constructor(
    world: World,
    options: UpkeepOptions,
    answer: (id: CommandId, pruned: PruneCounts | MillraceError) => void,
  ) {
    this.#world = world;
    this.#options = options;
    this.#answer = answer;
    const { store, clock } = world.ports;
    const rest = async (begunAtMs: number): Promise<void> => {
      await this.#rest(begunAtMs);
      // Whoever waits for an answer does not wait until everything is clean.
      await this.#serve();
    };
    this.#leftovers = new Leftovers({ store, clock, files: options.files, isAlone: false, rest });
  }

  start(): void {
    this.#passIn(this.#options.firstMs ?? FIRST_MS);
  }

  /** Resolves when nothing of it is under way. Twice is fine. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    this.#interrupt?.();
    await this.#pass;
  }

  /** A command asks for a pass. Its answer says what was forgotten; what that leaves behind is removed afterwards. */
  ask(id: CommandId, command: Prune): void {
    this.#asked.push({ id, command });
    this.#begin();
  }

  #passIn(ms: number): void {
    this.#cancel?.();
    this.#cancel = this.#world.ports.clock.after(ms, () => this.#begin());
  }

  /** One pass at a time. */
  #begin(): void {
    if (this.#isStopped) return;
    this.#pass ??= this.#passes();
  }

  async #passes(): Promise<void> {
    const { firstMs = FIRST_MS, everyMs = EVERY_MS, retention } = this.#options;
    for (;;) {
      let nextMs = everyMs;
      try {
        await this.#serve();
        await this.#forget(retention, null);
        do {
          this.#hasServed = false;
          await this.#leftovers.remove(retention);
        } while (this.#hasServed);
      } catch (error) {
        // A store that fails has been met by the loop too, which says so.
        if (!(error instanceof Interrupted)) this.#refuse(error);
        nextMs = firstMs;
      }
      if (this.#isStopped) return;
      if (this.#asked.length > 0) continue;
      this.#pass = undefined;
      this.#passIn(nextMs);
      return;
    }
  }

  /** Those who asked get their answers. */
  async #serve(): Promise<void> {
    for (let asked = this.#asked[0]; asked !== undefined; asked = this.#asked[0]) {
      const { id, command } = asked;
      const policy = command.rule === null ? this.#options.retention : { ...KEEP_EVERYTHING, ...command.rule };
      const pruned = await this.#forget(policy, command.flow);
      this.#asked.shift();
      this.#hasServed = true;
      this.#world.enqueue(() => this.#answer(id, pruned));
    }
  }

  #refuse(error: unknown): void {
    const { code, message } = toErrorInfo(error);
    const refusal = new MillraceError((code ?? "INTERNAL") as MillraceError["code"], message, { cause: error });
    for (const { id } of this.#asked.splice(0)) this.#world.enqueue(() => this.#answer(id, refusal));
  }

  async #forget(policy: RetentionPolicy, flow: string | null): Promise<PruneCounts> {
    const { store, clock } = this.#world.ports;
    const ways = {
      store,
      clock,
      forget: (old: readonly RunFamily[]) => this.#forgetIn(old),
      rest: (begunAtMs: number) => this.#rest(begunAtMs),
    };
    const pruned = await forgetOld(ways, policy, flow);
    return [...pruned.values()].reduce(sumOf, { families: 0, runs: 0 });
  }

  /** Decides in a turn what memory lets go, and forgets that when the turn is over. */
  #forgetIn(old: readonly RunFamily[]): Promise<PruneCounts> {
    const world = this.#world;
    const { store, clock } = world.ports;
    return this.#waitFor((resolve, reject) => {
      world.enqueue(() => {
        const needed = neededRuns(world);
        const free = old.filter(({ runs }) => !runs.some((run) => needed.has(run)));
        const roots = free.map(({ root }) => root);
        const written = Promise.withResolvers<void>();
        const runs = free.flatMap((family) => family.runs);
        world.readings.forget(runs, written.promise);
        world.later(
          () => store.upkeep.forgetRuns(world.epoch, roots, clock.now()).finally(written.resolve),
          (forgotten) => resolve(countGone(free, forgotten)),
          reject,
        );
      });
      return undefined;
    });
  }

  /** After a short piece of work that began at this instant. */
  async #rest(begunAtMs: number): Promise<void> {
    const { clock } = this.#world.ports;
    const nowMs = clock.now();
    const busyMs = Math.min(Math.max(0, nowMs - begunAtMs), MOST_BUSY_MS);
    await this.#waitFor<void>((resolve) => clock.after(Math.max(LEAST_REST_MS, busyMs * REST_TIMES), resolve));
  }

  /** Waits for something that may never come when the engine stops meanwhile. */
  async #waitFor<Value>(
    begin: (resolve: (value: Value) => void, reject: (error: unknown) => void) => (() => void) | undefined,
  ): Promise<Value> {
    if (this.#isStopped) throw new Interrupted();
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    const cancel = begin(resolve, reject);
    this.#interrupt = () => reject(new Interrupted());
    try {
      return await promise;
    } finally {
      this.#interrupt = undefined;
      cancel?.();
    }
  }
}

/** Runs that task runs in memory wait for, or whose outcome they have yet to read. */
function neededRuns(world: World): ReadonlySet<RunId> {
  const needed = new Set<RunId>(world.runs.keys());
  for (const run of world.runs.values()) {
    for (const { childRun } of run.tasks) if (childRun !== null) needed.add(childRun);
  }
  return needed;
}

function countGone(families: readonly RunFamily[], forgotten: readonly RunId[]): PruneCounts {
  const gone = new Set(forgotten);
  return countOf(families.filter(({ root }) => gone.has(root)));
}
