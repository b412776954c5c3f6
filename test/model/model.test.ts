import type { Changes, Epoch, Store } from "@millrace/core";
import { expect, test } from "vitest";
import { play } from "./play.ts";
import type { EmptyStore } from "./stand.ts";
import { openMemoryStore } from "./stores.ts";

test("the engine answers and does what a plain model of it would", async () => {
  const played = await play(openMemoryStore, { sequences: 150, seed: 20_260_101 });
  expect(played.divergence).toBeUndefined();
  expect(played.commands).toBeGreaterThan(1_500);
});

/** A store that writes something else than it is given. */
async function openBrokenStore(breaks: (changes: Changes) => Changes): Promise<EmptyStore> {
  const place = await openMemoryStore();
  const broken = new Proxy(place.store, {
    get(target, name) {
      if (name === "commit") return (epoch: Epoch, changes: Changes) => target.commit(epoch, breaks(changes));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { store: broken satisfies Store, close: () => place.close() };
}

test("what differs is told in a few steps, which can be played again", async () => {
  const forgetful = (): Promise<EmptyStore> =>
    openBrokenStore((changes) => ({ ...changes, taskRuns: changes.taskRuns.map((row) => ({ ...row, tries: 0 })) }));
  const { divergence = "" } = await play(forgetful, { sequences: 150, seed: 1 });
  const [message, ...story] = divergence.split("\n");
  expect(message).toMatch(/^Divergence: \w+\/\S+ has 0 tries and 0 crashes, not 1 and 0$/);
  expect(story.slice(0, -1).map((step) => step.trim())).toEqual([
    expect.stringMatching(/^request \w+/),
    expect.stringMatching(/^an attempt ends \((?:failed|hopeless|timed_out)\): \w+ #1 \S+$/),
  ]);
  const [, seed, path, replayPath] = /main\.ts (\d+) '(.*)' '(.*)'$/.exec(story.at(-1) ?? "") ?? [];
  const again = await play(forgetful, {
    sequences: 1,
    seed: Number(seed),
    path: String(path),
    replayPath: String(replayPath),
  });
  expect(again.divergence?.split("\n")[0]).toBe(message);
});
