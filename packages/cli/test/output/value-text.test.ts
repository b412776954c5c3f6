import { type ArtifactId, type EncodedText, encode, listText, pointerText, type StoredValue } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { plainValue, previewOf, smallPlainValue } from "../../src/output/value-text.ts";

const inline = (value: unknown): StoredValue => ({ kind: "inline", text: encode(value) });
const LARGE = pointerText("large" as ArtifactId);

describe("a preview", () => {
  test.each<[string, boolean, unknown]>([
    ["{ rows: 12, at: 1970-01-01T00:00:00.000Z }", false, { rows: 12, at: new Date(0) }],
    ["'two\\nlines'", false, "two\nlines"],
    ["12n", false, 12n],
    ["null", false, null],
    ["[ 0, 1, 2, 3, 4, 5, 6, 7, ... 1 more item ]", true, Array.from({ length: 9 }, (_, index) => index)],
    ["{ a: { b: { c: { d: {} } } } }", false, { a: { b: { c: { d: {} } } } }],
    ["{ a: { b: { c: { d: [Object] } } } }", true, { a: { b: { c: { d: { e: 1 } } } } }],
    [`'${"x".repeat(60)}'... 10 more characters`, true, "x".repeat(70)],
  ])("is %s", (text, cut, value) => {
    expect(previewOf(inline(value), 200)).toEqual({ text, cut });
  });

  test("is cut where the line ends", () => {
    expect(previewOf(inline({ rows: 12 }), 12)).toEqual({ text: "{ rows: 12 }", cut: false });
    expect(previewOf(inline({ rows: 12 }), 11)).toEqual({ text: "{ rows: 12…", cut: true });
  });

  test("does not read what is kept apart", () => {
    const text = listText([encode(1), LARGE]);
    expect(previewOf({ kind: "inline", text }, 80)).toEqual({ text: "[ 1, … ]", cut: true });
    expect(previewOf({ kind: "artifact", artifact: "large" as ArtifactId, bytes: 3 * 1024 ** 2 }, 80)).toEqual({
      text: "3.0 MiB",
      cut: true,
    });
    expect(previewOf({ kind: "inline", text: LARGE }, 80)).toEqual({ text: "a large value", cut: true });
  });

  test("of nothing is nothing", () => {
    expect(previewOf({ kind: "none" }, 80)).toBeUndefined();
  });
});

describe("a value for programs", () => {
  test("is what JSON has a word for, and keeps all digits of a big integer", () => {
    const value = { at: new Date(0), of: new Map([["a", new Set([1])]]), big: 2n ** 70n, near: 0.5, none: undefined };
    expect(JSON.stringify(plainValue(value))).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","of":{"a":[1]},"big":1180591620717411303424,"near":0.5}',
    );
  });

  test("stands in a record when it is small and whole", () => {
    expect(smallPlainValue(inline([1]))).toEqual([1]);
    expect(smallPlainValue({ kind: "none" })).toBeUndefined();
    expect(smallPlainValue({ kind: "inline", text: `{"a":${LARGE}}` as EncodedText })).toBeUndefined();
    expect(smallPlainValue({ kind: "artifact", artifact: "large" as ArtifactId, bytes: 1 })).toBeUndefined();
  });
});
