import { MillraceError, type ScheduleSpec, type Window } from "@millrace/core";
import { mayTickFrom, type Ticks } from "@millrace/core/time";

/** The author's function: the first tick after an instant, or null when there is none any more. */
export type AskNextTick = (afterMs: number) => Promise<number | null>;

/** A function that gives so many ticks up to now is not asked for more. */
const MOST_AT_ONCE = 10_000;

/**
 * Ticks that a function of the author names, one after the other. It is asked outside the loop; what it said is known
 * here, up to the first tick after now.
 */
export class CustomTicks implements Ticks {
  readonly #ask: AskNextTick;
  readonly #spec: ScheduleSpec;
  readonly #afterMs: number;
  /** In order. */
  readonly #known: number[] = [];
  /** What it said up to this instant is known. */
  #askedMs: number;
  #hasEnded = false;

  /** @param afterMs ticks up to and at this instant do not matter. */
  constructor(ask: AskNextTick, spec: ScheduleSpec, afterMs: number) {
    this.#ask = ask;
    this.#spec = spec;
    this.#afterMs = spec.startMs === null ? afterMs : Math.max(afterMs, spec.startMs - 1);
    this.#askedMs = this.#afterMs;
  }

  /** Whether the first tick after an instant is known, or that there is none. */
  knowsAfter(ms: number): boolean {
    return this.#hasEnded || (this.#known.at(-1) ?? Number.NEGATIVE_INFINITY) > ms;
  }

  /** Asks until the first tick after an instant is known. */
  async extend(untilMs: number): Promise<void> {
    for (let asked = 0; !this.knowsAfter(untilMs); asked += 1) {
      const lastMs = this.#askedMs;
      if (asked === MOST_AT_ONCE) throw tooMany(this.#spec.name);
      const next = await this.#ask(lastMs);
      if (next !== null && next <= lastMs) throw notAfter(this.#spec.name, next, lastMs);
      const allowedMs = next === null ? undefined : mayTickFrom(this.#spec, next);
      if (allowedMs === undefined) this.#hasEnded = true;
      else if (allowedMs === next) this.#known.push(next);
      // A day that does not count: all of its ticks are passed over.
      this.#askedMs = allowedMs === undefined || allowedMs === next ? (next ?? lastMs) : allowedMs - 1;
    }
  }

  next(afterMs: number, inclusive = false): number | undefined {
    return this.#known.find((tick) => (inclusive ? tick >= afterMs : tick > afterMs));
  }

  previous(beforeMs: number, inclusive = false): number | undefined {
    return this.#known.findLast((tick) => (inclusive ? tick <= beforeMs : tick < beforeMs));
  }

  /** Since the tick before, or since the schedule began or was last decided upon. */
  windowOf(tickMs: number): Window {
    return { startMs: this.previous(tickMs) ?? Math.min(this.#afterMs, tickMs), endMs: tickMs };
  }
}

function tooMany(name: string): MillraceError {
  return new MillraceError(
    "DEFINITION_FAILED",
    `The schedule ${name} names more than ${MOST_AT_ONCE} ticks up to now.`,
    {
      hint: "Its function is given an instant, and gives the first tick after it.",
    },
  );
}

function notAfter(name: string, nextMs: number, afterMs: number): MillraceError {
  const [next, after] = [nextMs, afterMs].map((ms) => `${ms} ms`);
  return new MillraceError("DEFINITION_FAILED", `The schedule ${name} gave ${next} as the tick after ${after}.`, {
    hint: "Its function is given an instant, and gives a later one, or undefined.",
  });
}
