import type { FlowSpec } from "@millrace/core";
import { expect } from "vitest";
import { type Play, yieldForRun, yieldUntil } from "./calls.ts";
import type { RunView } from "./run-view.ts";
import { flowOf, PARAMS } from "./sketch.ts";
import { type Stage, tick } from "./stage.ts";

/** Two flows with a bit of everything that must survive: maps, branches, waits, a child run, hooks, retries. */
export const EVERYTHING: readonly FlowSpec[] = [
  flowOf(
    "parent",
    (flow) => {
      const list = flow.task("list", { hooks: ["success"], input: { count: PARAMS.at("count") } });
      const doubled = flow.map("doubled", { list }, (item, index) => {
        const read = flow.task("doubled[]/read", { input: { item }, policies: { pools: [{ pool: "db", slots: 1 }] } });
        const kept = flow.when("doubled[]/odd", item.at("odd"), {
          yes: () => flow.task("doubled[]/keep", { input: { read } }),
        });
        return { index, item: item.at("value"), kept, twice: flow.task("doubled[]/twice", { input: { read } }) };
      });
      const flaky = flow.task("flaky", { retries: 2, hooks: ["retry", "success"] });
      const waited = flow.task("waited", { after: [flaky] });
      const child = flow.task("child", { input: { list } });
      const chosen = flow.choose("chosen", list.at(0, "name"), {
        big: () => flow.task("bulk", { input: { waited } }),
        small: () => {
          const insert = flow.task("insert", { input: { waited } });
          const inner = flow.map("inner", { list: [1, 2] }, (item) =>
            flow.task("inner[]", { input: { item, insert } }),
          );
          return flow.task("sum", { input: { inner } });
        },
      });
      const last = flow.task("last", {
        input: { doubled, chosen, child, outcomes: doubled.outcomes },
        rule: "all_done",
      });
      return { last, chosen };
    },
    { hooks: ["success"] },
  ),
  flowOf("nested", (flow) => {
    const one = flow.task("one", { input: PARAMS });
    return flow.task("two", { input: { one } });
  }),
];

/** Plays that take a moment each, so that attempts are under way when something breaks. */
export const EVERYTHING_PLAYS: Readonly<Record<string, Play>> = slowly({
  list: ({ input }) =>
    Array.from({ length: (input as { count: number }).count }, (_, value) => ({
      value,
      odd: value % 2 === 1,
      name: value === 0 ? "small" : "big",
    })),
  "doubled[]/read": ({ input }) => (input as { item: { value: number } }).item.value,
  "doubled[]/keep": ({ input }) => (input as { read: number }).read * 100,
  "doubled[]/twice": ({ input }) => (input as { read: number }).read * 2,
  flaky: ({ number }) => {
    if (number < 3) throw new Error(`try ${number}`);
    return "at last";
  },
  waited: ({ resumed, order }) =>
    resumed === null ? yieldUntil(order.window.startMs + 3_600_000, { note: "carried" }) : resumed.carry,
  child: ({ resumed, input }) =>
    resumed === null ? yieldForRun("nested", { of: (input as { list: unknown[] }).list.length }) : resumed.child,
  one: ({ input }) => (input as { of: number }).of + 1,
  two: ({ input }) => (input as { one: number }).one + 1,
  insert: () => 10,
  "inner[]": ({ input }) => (input as { item: number; insert: number }).item + (input as { insert: number }).insert,
  sum: ({ input }) => (input as { inner: number[] }).inner.reduce((sum, one) => sum + one, 0),
  last: ({ input }) => input,
});

function slowly(plays: Readonly<Record<string, Play>>): Readonly<Record<string, Play>> {
  const slow = Object.entries(plays).map(([id, play]): [string, Play] => [
    id,
    async (call) => {
      for (let moment = 0; moment <= id.length % 4; moment += 1) await tick();
      return play(call);
    },
  ]);
  return Object.fromEntries(slow);
}

/** That the run came out right, and that nothing was lost or done twice on the way. */
export async function expectEverything(stage: Stage, run: RunView): Promise<void> {
  expect(run.state).toBe("success");
  const doubled = [0, 1, 2, 3].map((value) => ({
    index: value,
    item: value,
    kept: value % 2 === 1 ? value * 100 : undefined,
    twice: value * 2,
  }));
  const outcomes = doubled.map((value) => ({ state: "success", value }));
  const child = { state: "success", output: 6 };
  expect(await run.output()).toEqual({ last: { doubled, chosen: 23, child, outcomes }, chosen: 23 });
  expectEndedOnce(run);
  const runs = await stage.place.store.history.listRuns({ limit: 10 });
  expect(runs.map(({ flow, state }) => [flow, state])).toEqual([
    ["nested", "success"],
    ["parent", "success"],
  ]);
  expectEndedOnce(await stage.view((runs[0] as { id: RunView["id"] }).id));
  expect(
    Object.keys(run.tasks)
      .filter((label) => label.includes(" on "))
      .sort(),
  ).toEqual(["flaky on retry:1", "flaky on retry:2", "flaky on success", "list on success", "parent on success"]);
  expect(stage.engine.load).toEqual({ busy: 0, waiting: 0, runs: 0 });
}

/** Each task run and hook ended once, and none that had ended well was begun again. */
function expectEndedOnce(run: RunView): void {
  const ends = new Map<string, number>();
  for (const event of run.events) {
    if (event.type !== "task.finished" && event.type !== "hook.finished") continue;
    const hook = (JSON.parse(event.data ?? "{}") as { hook?: string }).hook ?? "";
    const key = `${event.node}/${event.item}/${hook}`;
    ends.set(key, (ends.get(key) ?? 0) + 1);
  }
  const rows = Object.values(run.tasks);
  expect(ends).toEqual(new Map(rows.map(({ node, item, hook }) => [`${node}/${item}/${hook}`, 1])));
  const done = new Set<string>();
  const numbers = new Map<string, number>();
  for (const { node, item, hook, number, state, endedAtMs } of [...run.attempts].sort((a, b) => a.id - b.id)) {
    const key = `${node}/${item}/${hook}`;
    expect(done.has(key), `${key} was begun again after it had ended well`).toBe(false);
    expect(endedAtMs).not.toBeNull();
    expect(number, `${key} has no number of its own`).toBe((numbers.get(key) ?? 0) + 1);
    numbers.set(key, number);
    if (state === "success") done.add(key);
  }
}
