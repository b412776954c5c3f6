import { windowsOverlap } from "@millrace/core";
import { expect, test } from "vitest";

test.each([
  [[0, 10], [5, 15], true],
  [[0, 10], [10, 20], false],
  [[0, 10], [-5, 0], false],
  [[0, 10], [3, 3], true],
  [[0, 10], [0, 0], true],
  [[10, 10], [0, 10], false],
] as const)("%j and %j overlap: %s", (a, b, expected) => {
  const [one, other] = [a, b].map(([startMs, endMs]) => ({ startMs, endMs })) as never as [never, never];
  expect(windowsOverlap(one, other)).toBe(expected);
  expect(windowsOverlap(other, one)).toBe(expected);
});
