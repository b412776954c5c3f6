import type { Chance } from "./chance.ts";

/** How bad things are now: how often messages and calls go wrong, and how long they take. */
export interface Weather {
  readonly messages: { readonly lost: number; readonly twice: number; readonly late: number };
  readonly calls: {
    /** Refused before anything was done. */
    readonly refused: number;
    /** Done, and the answer was an error. */
    readonly answerLost: number;
    readonly slow: number;
    /** Commits that stay on their way for longer than a lease lasts. */
    readonly stuck: number;
  };
}

export const FAIR: Weather = {
  messages: { lost: 0, twice: 0, late: 0 },
  calls: { refused: 0, answerLost: 0, slow: 0, stuck: 0 },
};

/** Drawn for each simulation, so that some have one trouble much and the others little. */
export function drawStorm(chance: Chance): Weather {
  const share = (most: number): number => (chance.happens(0.3) ? 0 : chance.next() * most);
  return {
    messages: { lost: share(0.15), twice: share(0.15), late: share(0.2) },
    calls: { refused: share(0.04), answerLost: share(0.04), slow: share(0.1), stuck: share(0.01) },
  };
}

/** The longest that a message or a call is under way, in milliseconds. */
const LONGEST_MS = 1_500;

/** How long a commit is stuck, in milliseconds. */
export function stuckMs(chance: Chance): number {
  return chance.between(2_000, 20_000);
}

/** How long a message or a call is under way, in milliseconds. */
export function travelMs(chance: Chance, late: number): number {
  return late > 0 && chance.happens(late) ? chance.between(50, LONGEST_MS) : chance.between(0, 3);
}
