import type { Clock } from "@millrace/core";
import { expect, test } from "vitest";
import { Rounds } from "../../src/alerts/rounds.ts";

/** A clock that rings when it is told to. */
class HandClock implements Clock {
  readonly #bells = new Set<{ readonly atMs: number; readonly ring: () => void }>();
  #nowMs = 0;

  now(): number {
    return this.#nowMs;
  }

  at(instantMs: number, ring: () => void): () => void {
    const bell = { atMs: instantMs, ring };
    this.#bells.add(bell);
    return () => this.#bells.delete(bell);
  }

  after(ms: number, ring: () => void): () => void {
    return this.at(this.#nowMs + ms, ring);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const bell of [...this.#bells].filter(({ atMs }) => atMs <= this.#nowMs)) {
      this.#bells.delete(bell);
      bell.ring();
    }
  }

  get bells(): number {
    return this.#bells.size;
  }
}

function counted(round: (count: number, clock: HandClock) => number) {
  const clock = new HandClock();
  const began: number[] = [];
  const errors: unknown[] = [];
  const rounds = new Rounds(clock, {
    round: async () => {
      began.push(clock.now());
      return round(began.length, clock);
    },
    onError: (error) => errors.push(error),
  });
  /** Everything that can happen now has happened. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { clock, rounds, began, errors, settle };
}

test("rounds come when they are due, or asked for, whichever is first", async () => {
  const { clock, rounds, began, settle } = counted((_count, hand) => hand.now() + 1_000);
  rounds.wake();
  await settle();
  expect(began).toEqual([]);
  rounds.start();
  await settle();
  clock.pass(1_000);
  await settle();
  rounds.wakeAfter(200);
  rounds.wakeAfter(100);
  rounds.wakeAfter(300);
  clock.pass(100);
  await settle();
  expect(began).toEqual([0, 1_000, 1_100]);
  await rounds.stop();
  await rounds.stop();
  expect(clock.bells).toBe(0);
  clock.pass(10_000);
  rounds.wake();
  await settle();
  expect(began).toHaveLength(3);
});

test("whoever asks during a round gets another one", async () => {
  const { rounds, began, settle } = counted((count) => {
    if (count === 1) rounds.wake();
    return Number.POSITIVE_INFINITY;
  });
  rounds.start();
  await settle();
  expect(began).toHaveLength(2);
  await rounds.stop();
});

test("a round that fails is told once, and tried again", async () => {
  const { clock, rounds, began, errors, settle } = counted((count) => {
    if (count <= 2) throw new Error("no");
    return Number.POSITIVE_INFINITY;
  });
  rounds.start();
  await settle();
  clock.pass(5_000);
  await settle();
  clock.pass(5_000);
  await settle();
  expect([began, errors.length]).toEqual([[0, 5_000, 10_000], 1]);
  await rounds.stop();
});
