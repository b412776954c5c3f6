import { expect, test } from "vitest";
import { changesText, codeFirst, isOtherCode } from "../src/features/run/code-of-rerun.ts";

const SAME = { id: "b", isSame: false, codeChanged: false, added: [], removed: [], changed: [] };

test("there is a choice of code only where the flow's is another", () => {
  expect(isOtherCode({ ...SAME, isSame: true, codeChanged: true })).toBe(false);
  // Another flow of the project has changed.
  expect(isOtherCode(SAME)).toBe(false);
  expect(isOtherCode({ ...SAME, codeChanged: true })).toBe(true);
  expect(isOtherCode({ ...SAME, removed: ["load"] })).toBe(true);
});

test("what failed goes with today's code first, and what went well as it went", () => {
  expect(codeFirst({ state: "failed" })).toBe("today");
  expect(codeFirst({ state: "success" })).toBe("own");
});

test.for([
  [{ added: [], removed: [], changed: ["a", "b"] }, "2 tasks changed"],
  [{ added: ["c"], removed: [], changed: ["a"] }, "1 task changed, 1 new"],
  [{ added: ["c"], removed: ["d", "e"], changed: [] }, "1 task new, 2 gone"],
  [{ added: [], removed: [], changed: [] }, "its code changed"],
] as const)("%j is said as %s", ([changes, text]) => {
  expect(changesText({ added: [...changes.added], removed: [...changes.removed], changed: [...changes.changed] })).toBe(
    text,
  );
});
