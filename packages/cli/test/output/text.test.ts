import { errorInfo, MillraceError, toErrorInfo } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { errorRecord, errorText } from "../../src/output/error-text.ts";
import { makeStyle, wantsColour } from "../../src/output/style.ts";
import { tableText } from "../../src/output/table-text.ts";
import { cutToWidth, padEnd, textWidth, wrapText } from "../../src/output/text-width.ts";
import { windowText } from "../../src/output/time-text.ts";

const plain = makeStyle(false);
const coloured = makeStyle(true);

describe("width", () => {
  test.each([
    ["plain", 5],
    [coloured.red("red"), 3],
    ["日本", 4],
    ["é", 1],
    ["e\u0301", 1],
    ["✓ done", 6],
    ["🚀", 2],
  ])("of %s is %i", (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  test("is cut with a mark, and colours are closed", () => {
    expect(cutToWidth("abcdef", 6)).toBe("abcdef");
    expect(cutToWidth("abcdefg", 6)).toBe("abcde…");
    expect(cutToWidth(`${coloured.red("abcdef")}gh`, 4)).toBe("\u001b[31mabc…\u001b[39m");
    expect(textWidth(cutToWidth("日本語です", 6))).toBeLessThanOrEqual(6);
  });

  test("pads and wraps by columns", () => {
    expect(padEnd(coloured.red("ab"), 4)).toBe("\u001b[31mab\u001b[39m  ");
    expect(wrapText("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapText("unbreakable x", 5)).toEqual(["unbreakable", "x"]);
  });
});

test("a table aligns columns and leaves no trailing spaces", () => {
  const columns = [{ title: "NAME" }, { title: "N", align: "right" }, { title: "" }] as const;
  const rows = [
    [coloured.bold("a"), "10", ""],
    ["long", "9", "x"],
  ];
  expect(tableText(columns, rows, (text) => text)).toEqual(["NAME   N", "\u001b[1ma\u001b[22m     10", "long   9  x"]);
});

describe("colour", () => {
  test.each([
    [{ isTerminal: true, noColor: false, env: {} }, true],
    [{ isTerminal: false, noColor: false, env: {} }, false],
    [{ isTerminal: true, noColor: true, env: { FORCE_COLOR: "1" } }, false],
    [{ isTerminal: true, noColor: false, env: { NO_COLOR: "1" } }, false],
    [{ isTerminal: true, noColor: false, env: { NO_COLOR: "" } }, true],
    [{ isTerminal: false, noColor: false, env: { FORCE_COLOR: "1" } }, true],
    [{ isTerminal: true, noColor: false, env: { FORCE_COLOR: "0" } }, false],
    [{ isTerminal: true, noColor: false, env: { TERM: "dumb" } }, false],
  ])("%j: %s", (signs, wanted) => {
    expect(wantsColour(signs)).toBe(wanted);
  });
});

describe("an error", () => {
  test("shows code, message, frame, causes and the hint", () => {
    const cause = new Error("socket closed", { cause: new Error("ECONNRESET") });
    const error = new MillraceError("HTTP_STATUS", "The shop did not answer.", {
      hint: "Try later.",
      frame: "  1 | a\n> 2 | b\n    | ^",
      cause,
    });
    expect(errorText(toErrorInfo(error), plain)).toEqual([
      "error HTTP_STATUS: The shop did not answer.",
      "    1 | a",
      "  > 2 | b",
      "      | ^",
      "  caused by Error: socket closed",
      "  caused by Error: ECONNRESET",
      "  hint: Try later.",
    ]);
  });

  test("of the user's code shows its class, and the author's lines of the stack when asked", () => {
    const error = {
      ...toErrorInfo(new TypeError("x is not a function")),
      stack:
        "TypeError: x\n    at clean (flows/a.ts:3:4)\n    at node:internal/x:1:1\n    at b (node_modules/b/i.js:1:1)",
    };
    expect(errorText(error, plain, { stack: true })).toEqual([
      "error TypeError: x is not a function",
      "    at clean (flows/a.ts:3:4)",
    ]);
  });

  test("does not repeat a cause that the message quotes already, and takes the first hint it finds", () => {
    const inner = new MillraceError("MISSING_FILE", "no such file", { hint: "Look for it." });
    const outer = new Error("loading failed: no such file", { cause: inner });
    expect(errorText(toErrorInfo(outer), plain)).toEqual([
      "error Error: loading failed: no such file",
      "  hint: Look for it.",
    ]);
  });

  test("is a record for programs", () => {
    expect(errorRecord(errorInfo("USAGE", "no", "yes"))).toEqual({
      code: "USAGE",
      name: "MillraceError",
      message: "no",
      hint: "yes",
      frame: null,
      cause: null,
    });
  });
});

test("a window is written in the shortest form that loses nothing", () => {
  const at = (text: string): number => Date.parse(text);
  expect(windowText({ startMs: at("2026-01-01"), endMs: at("2026-01-02") })).toBe("2026-01-01 to 2026-01-02");
  expect(windowText({ startMs: at("2026-01-01T06:00Z"), endMs: at("2026-01-01T06:00Z") })).toBe("2026-01-01T06:00:00Z");
});
