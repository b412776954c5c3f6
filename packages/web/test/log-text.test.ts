import { expect, test } from "vitest";
import { piecesOf, plainText } from "../src/features/log/ansi.ts";
import { cleanText } from "../src/features/log/clean-text.ts";
import { placeOf, rangeOf, stretchTo } from "../src/features/log/line-range.ts";
import { sinceText } from "../src/features/log/log-row.tsx";
import { anchorAt, heightOf, ROW_PX, rowsAround, scrollTo } from "../src/features/log/scrolling.ts";

const ESC = "\u001b";

test.each([
  ["a progress bar shows its last picture", "10 %\r50 %\r100 %\r", "100 %"],
  [
    "control characters are seen and do nothing",
    "bell \u0007, back \b, nul \0, del \u007f",
    "bell ␇, back ␈, nul ␀, del ␡",
  ],
  [
    "titles and links are left out",
    `${ESC}]0;root\u0007one ${ESC}]8;;http://x${ESC}\\two${ESC}]8;;${ESC}\\`,
    "one two",
  ],
  ["an order without an end is left out", `before${ESC}]0;never ended`, "before"],
  ["signs that turn a text around are named", "a\u202eb\u2066c", "a[U+202E]b[U+2066]c"],
  ["half a sign is none", "x\ud800y", "x\ufffdy"],
  ["emoji, other scripts and tabs are as they are", "🚀 שלום\tعربي 日本", "🚀 שלום\tعربي 日本"],
])("%s", (_, written, seen) => expect(cleanText(written)).toBe(seen));

test("colours of 8, 256 and 16 million become ours, and their numbers are no weights", () => {
  const looks = (text: string) => piecesOf(text).map((piece) => [piece.text, piece.look]);
  expect(looks(`${ESC}[1;31mbad${ESC}[0m fine`)).toEqual([
    ["bad", "text-failed font-semibold"],
    [" fine", ""],
  ]);
  expect(looks(`${ESC}[38;5;1mred${ESC}[38;5;46mgreen${ESC}[38;2;30;90;250mblue${ESC}[48;5;4m${ESC}[39mplain`)).toEqual(
    [
      ["red", "text-failed"],
      ["green", "text-success"],
      ["blue", "text-running"],
      ["plain", ""],
    ],
  );
  expect(plainText(`${ESC}[2K${ESC}[1;31mbad${ESC}[0m ${ESC}[4mline`)).toBe("bad line");
  expect(piecesOf(`${ESC}[31mx${ESC}[0my`.repeat(5_000)).length).toBeLessThan(500);
});

test("lines of an address count from one, in either order, and what is none is nothing", () => {
  expect([61, "61-80", "80-61", "0", "x", "-3", undefined].map(rangeOf)).toEqual([
    { from: 60, to: 60 },
    { from: 60, to: 79 },
    { from: 60, to: 79 },
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect([placeOf({ from: 60, to: 60 }), placeOf({ from: 60, to: 79 })]).toEqual([61, "61-80"]);
  expect(stretchTo({ from: 10, to: 20 }, 15)).toEqual({ from: 10, to: 15 });
  expect(stretchTo({ from: 10, to: 20 }, 5)).toEqual({ from: 5, to: 20 });
});

test("times since the start", () => {
  expect([1_204, 727_318, 11_527_318, -5].map(sinceText)).toEqual(["+1.204", "+12:07.318", "+3:12:07.318", "-0.005"]);
});

test.each([10, 1_000, 500_000, 5_000_000])("of %i rows the first is at the top and the last at the bottom", (rows) => {
  const size = { rows, height: 600 };
  expect(anchorAt(0, size)).toMatchObject({ row: 0, part: 0, top: 0 });
  if (rows * ROW_PX <= 600) return;
  const end = heightOf(rows) - 600;
  const last = anchorAt(end, size);
  expect([last.row + last.part, last.top]).toEqual([rows, 600]);
  expect(rowsAround(last, size, 5)).toEqual({ from: rows - 1 - 35, to: rows });
  for (const row of [0, 7, Math.floor(rows / 2), rows - 1]) {
    for (const isWrapped of [false, true]) {
      const { from, to } = rowsAround(anchorAt(scrollTo(row, size, isWrapped), size), size, 0);
      expect(from <= row && row < to).toBe(true);
    }
  }
});
