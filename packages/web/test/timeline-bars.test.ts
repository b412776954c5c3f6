import { expect, test } from "vitest";
import type { Attempt, TaskRun } from "../src/api/shapes.ts";
import { busyOf, scaleOf } from "../src/features/run/time-scale.ts";
import { barsOf, rowsOf } from "../src/features/run/timeline-bars.ts";

const at = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function row(task: string, item: string, [readyMs, endMs, rest]: readonly [number, number | null, object?]): TaskRun {
  const state = endMs === null ? "running" : "success";
  return { task, item, hook: "", state, waitsFor: null, readyAt: at(readyMs), endedAt: at(endMs), ...rest } as TaskRun;
}

const attempt = (
  task: string,
  number: number,
  [startMs, endMs, state]: readonly [number, number | null, string],
): Attempt => ({ task, hook: "", number, state, startedAt: at(startMs), endedAt: at(endMs) }) as Attempt;

const stretch = (...stretches: readonly (readonly [number, number])[]) =>
  busyOf(
    barsOf(
      [row("a", "", [0, 1])],
      stretches.map(([from, to], number) => attempt("a", number, [from, to, "success"])),
    ),
  );

test("time in which nothing ran takes little room, is told, and the order of instants stays", () => {
  const day = 86_400_000;
  const { shareOf, instantAt, cuts } = scaleOf(stretch([0, 1_000], [day, day + 1_000]), 0, day + 1_000);
  expect(shareOf(0)).toBe(0);
  expect(shareOf(day + 1_000)).toBeCloseTo(1);
  expect(shareOf(day) - shareOf(1_000)).toBeLessThan(0.1);
  expect(shareOf(500)).toBeCloseTo(shareOf(1_000) / 2);
  expect(shareOf(day / 2)).toBeGreaterThan(shareOf(1_000));
  expect(instantAt(shareOf(day + 500))).toBeCloseTo(day + 500);
  expect(cuts.map(({ ms }) => ms)).toEqual([day - 1_000]);
});

test("a run in which nothing has run yet has a scale, and one that runs has one until now", () => {
  const { shareOf } = scaleOf({ closed: [], openFromMs: undefined }, 0, 1_000);
  expect([shareOf(0), shareOf(1_000)]).toEqual([0, 1]);
  const open = scaleOf(
    {
      closed: [
        [0, 400],
        [300, 900],
      ],
      openFromMs: 500,
    },
    0,
    2_000,
  );
  expect([open.shareOf(1_000), open.cuts.length]).toEqual([0.5, 0]);
});

test("a task run is in the queue, runs, waits for its next try, and for something outside", () => {
  const attempts = [
    attempt("a", 1, [100, 300, "failed"]),
    attempt("a", 2, [500, 600, "yielded"]),
    attempt("a", 3, [900, null, "running"]),
  ];
  const [bar] = barsOf([row("a", "", [0, null])], attempts);
  expect(bar?.segments.map(({ kind, startMs, endMs }) => [kind, startMs, endMs])).toEqual([
    ["queue", 0, 100],
    ["run", 100, 300],
    ["retry", 300, 500],
    ["run", 500, 600],
    ["wait", 600, 900],
    ["run", 900, undefined],
  ]);
  // What is ready again stands in the queue, until now.
  const [again] = barsOf([row("a", "", [0, null, { state: "ready" }])], attempts.slice(0, 1));
  expect(again?.segments.at(-1)).toMatchObject({ kind: "queue", startMs: 300, endMs: undefined });
});

test("the items of a mapped task are one line until they are unfolded, in the order that is asked for", () => {
  const bars = barsOf(
    [row("each[0]", "0", [0, 10]), row("b", "", [5, 100]), row("each[1]", "1", [20, 40])],
    [
      attempt("each[0]", 1, [0, 10, "success"]),
      attempt("b", 1, [5, 100, "success"]),
      attempt("each[1]", 1, [20, 40, "failed"]),
    ],
  );
  const labels = (order: "start" | "slowest", unfolded: readonly string[]) =>
    rowsOf(bars, { order, unfolded, nowMs: 100 }).map(({ label }) => label);
  expect(labels("start", [])).toEqual(["each[]", "b"]);
  expect(labels("slowest", ["each[]"])).toEqual(["b", "each[]", "each[1]", "each[0]"]);
});
