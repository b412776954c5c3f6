import { expect, test } from "vitest";
import { sourceFrame } from "../src/source-frame.ts";

const SOURCE = ["one", "two", "\tthree", "four", "five", "six"].join("\n");

test("the line is shown with two around it, and a mark below its column", () => {
  expect(sourceFrame(SOURCE, { line: 3, column: 2 })?.split("\n")).toEqual([
    "  1 | one",
    "  2 | two",
    "> 3 |  three",
    "    |  ^",
    "  4 | four",
    "  5 | five",
  ]);
});

test("there are fewer around it at the ends of the text, and no mark where the column is not known", () => {
  expect(sourceFrame(SOURCE, { line: 1, column: null })).toBe("> 1 | one\n  2 | two\n  3 |  three");
  expect(sourceFrame(SOURCE, { line: 6, column: 4 })).toBe("  4 | four\n  5 | five\n> 6 | six\n    |    ^");
  expect(sourceFrame("", { line: 1, column: 0 })).toBe("> 1 |\n    | ^");
});

test("numbers of unlike length end in the same column, and lines may end as on Windows", () => {
  const source = Array.from({ length: 10 }, (_, index) => `line ${index + 1}`).join("\r\n");
  expect(sourceFrame(source, { line: 9, column: 1 })).toBe(
    "   7 | line 7\n   8 | line 8\n>  9 | line 9\n     | ^\n  10 | line 10",
  );
});

test("a line that the text does not have is nothing to show", () => {
  expect(sourceFrame(SOURCE, { line: 0, column: 1 })).toBeNull();
  expect(sourceFrame(SOURCE, { line: 7, column: 1 })).toBeNull();
});

test("long lines are cut at 160 characters", () => {
  const lines = (sourceFrame(`${"a".repeat(160)}\n${"b".repeat(161)}`, { line: 1, column: 160 }) ?? "").split("\n");
  expect(lines).toEqual([`> 1 | ${"a".repeat(160)}`, `    | ${" ".repeat(159)}^`, `  2 | ${"b".repeat(159)}…`]);
});

test("what is beyond the cut is shown by leaving out the beginning of all lines", () => {
  const long = `${"a".repeat(499)}!${"b".repeat(500)}`;
  const [before, marked, mark] = (sourceFrame(`short\n${long}`, { line: 2, column: 500 }) ?? "").split("\n");
  expect(before).toBe("  1 |");
  expect(marked).toBe(`> 2 | …${"a".repeat(78)}!${"b".repeat(79)}…`);
  expect(mark?.indexOf("^")).toBe(marked?.indexOf("!"));
  const [end] = (sourceFrame(long, { line: 1, column: 1_000 }) ?? "").split("\n");
  expect(end).toBe(`> 1 | …${"b".repeat(79)}`);
});
