import { type Leadership, MillraceError, type Store } from "@millrace/core";
import type { Chance } from "./chance.ts";
import type { CrashPoints } from "./crash-points.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { Timeline } from "./timeline.ts";
import { stuckMs, travelMs, type Weather } from "./weather.ts";

export interface LinkSurroundings {
  readonly timeline: Timeline;
  readonly chance: Chance;
  /** The weather now. */
  readonly weather: () => Weather;
  /** Nobody reaches the database now. */
  readonly isDown: () => boolean;
  /** The database is in the process: what has not been done when the process dies is not done. */
  readonly isInside: boolean;
  readonly points: CrashPoints | undefined;
  /** Is told of a call that will be stuck for long. */
  readonly stuckUntil: (atMs: number) => void;
}

/**
 * The way from a process to its database. Every call takes its time both ways, so the process can die or freeze between
 * any two of them, before and after each has its effect; and each can fail before or after that.
 */
export class Link {
  readonly #process: SimulatedProcess;
  readonly #around: LinkSurroundings;

  constructor(process: SimulatedProcess, around: LinkSurroundings) {
    this.#process = process;
    this.#around = around;
  }

  call<Value>(name: string, work: () => Value | Promise<Value>): Promise<Value> {
    const { timeline, chance, weather, isInside } = this.#around;
    return new Promise((resolve, reject) => {
      const { slow, stuck } = weather().calls;
      const doIt = (): Promise<void> => this.#do(name, work, { resolve, reject });
      const isStuck = name === "commit" && chance.happens(stuck);
      const ms = isStuck ? stuckMs(chance) : travelMs(chance, slow);
      if (isStuck) this.#around.stuckUntil(timeline.nowMs + ms);
      timeline.after(ms, `${this.#process.name} ${name}`, () => (isInside ? this.#process.run(doIt) : doIt()));
    });
  }

  async #do<Value>(name: string, work: () => Value | Promise<Value>, caller: Caller<Value>): Promise<void> {
    const { chance, weather, isDown, points } = this.#around;
    const process = this.#process;
    const { refused, answerLost } = weather().calls;
    if (isDown() || chance.happens(refused)) {
      this.#answer(`${name} is refused`, () => caller.reject(failure(name, chance)));
      return;
    }
    let value: Value;
    try {
      const really = async (): Promise<Value> => await work();
      value = await (points === undefined ? really() : points.during({ process, call: name }, really));
    } catch (error) {
      this.#answer(`${name} fails`, () => caller.reject(error));
      return;
    }
    if (!chance.happens(answerLost)) {
      this.#answer(`${name} answered`, () => caller.resolve(value));
      return;
    }
    this.#answer(`${name} lost`, () => caller.reject(failure(name, chance)));
    // A leadership that nobody knows of ends: it belonged to the connection.
    if (name === "lead") await (value as Leadership | undefined)?.release();
  }

  #answer(what: string, give: () => void): void {
    const { timeline, chance, weather } = this.#around;
    const { name } = this.#process;
    timeline.after(travelMs(chance, weather().calls.slow), `${name} ${what}`, () => this.#process.run(give));
  }
}

interface Caller<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

function failure(name: string, chance: Chance): MillraceError {
  const code = chance.pick(["STORE_FAILED", "STORE_FAILED", "DATABASE_LOCKED"] as const);
  return new MillraceError(code, `the simulation lets ${name} fail`);
}

/** A store at the other end of a link: every call goes over it, those of the history and the servers too. */
export function linkedStore(store: Store, link: Link, watch: Store["watch"]): Store {
  return linked(store, link, { path: "", kept: { watch } });
}

interface Linking {
  readonly path: string;
  /** What does not go over the link. */
  readonly kept: Readonly<Record<string, unknown>>;
}

function linked<Port extends object>(target: Port, link: Link, linking: Linking): Port {
  return new Proxy(target, {
    get(inner, property) {
      const name = String(property);
      if (name in linking.kept) return linking.kept[name];
      const value: unknown = Reflect.get(inner, property, inner);
      const path = `${linking.path}${name}`;
      if (typeof value === "object" && value !== null) return linked(value, link, { path: `${path}.`, kept: {} });
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => link.call(path, () => value.apply(inner, args) as unknown);
    },
  });
}
