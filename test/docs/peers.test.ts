// What the bench of peers makes of its measurements, and how the README quotes it.
import { describe, expect, test } from "vitest";
import { sampleOf } from "../../bench/peers/journal.ts";
import { median } from "../../bench/peers/measure.ts";
import { type Language, WORK } from "../../bench/peers/peer.ts";
import { withPeers } from "../../bench/peers/readme-table.ts";
import type { Results, Row } from "../../bench/peers/results.ts";
import { comparison, page } from "../../bench/peers/table.ts";

const sample = (toLastMs: number) => ({ toFirstMs: 1, toLastMs });

function row(title: string, language: Language, works: Row["works"]): Row {
  const words = { versions: [`${title} 1.2.3`], tasksRunIn: "a process", durable: "yes", settings: ["as it comes"] };
  return { id: title, title, language, ours: title === "ours", ...words, failure: null, works };
}

const RESULTS: Results = {
  date: "2026-03-01",
  machine: "two cores",
  loadBefore: 0.1,
  options: { repetitions: 3, budgetS: 20, limitS: 240 },
  rows: [
    row("ours", "Python", { chain: { first: sample(900), warm: [sample(300), sample(100), sample(200)] } }),
    row("theirs", "Python", {
      chain: { first: sample(9_000), warm: [sample(25_000)] },
      fib: { failure: "given up after 240 s: 3 of 10 tasks had run" },
    }),
  ],
};

describe("the table", () => {
  test("shows medians, and how many times as long as our row the others take", () => {
    const lines = comparison(RESULTS).split("\n");
    expect(lines).toContain("| **ours** | 0.200 s | not run | not run | a process | yes |");
    expect(lines).toContain("| theirs (1.2.3) | 25.0 s (125×) | not run | not run | a process | yes |");
  });

  test("names what could not run with its reason", () => {
    expect(page(RESULTS)).toContain(
      "- theirs, Python, 10 × fib(33) in a row: given up after 240 s: 3 of 10 tasks had run",
    );
  });

  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])("the median of %j is %d", (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe("a run", () => {
  const noted = Array.from({ length: 10 }, (_, at) => ({
    began: BigInt(2_000_000 + at),
    ended: BigInt(3_000_000 + at * 1_000_000),
    value: at + 1,
  }));

  test("lasts from the request to the end of its last task", () => {
    expect(sampleOf(1_000_000n, noted.toReversed(), WORK.fib)).toEqual({ toFirstMs: 1, toLastMs: 11 });
  });

  test("is refused when a task ran twice", () => {
    expect(() => sampleOf(0n, [...noted.slice(1), ...noted.slice(-1)], WORK.fib)).toThrow("the tasks gave");
  });
});

describe("the README", () => {
  const around = (between: string) => `before\n<!-- bench/peers -->${between}<!-- /bench/peers -->\nafter`;

  test("quotes the newest results between two markers", () => {
    const text = withPeers(around("\nwhat stood there\n"), RESULTS);
    expect(text).toContain("Measured on 2026-03-01, one after the other on one machine (two cores)");
    expect(text).toContain(comparison(RESULTS));
    expect(text).not.toContain("what stood there");
    expect(withPeers(text, RESULTS)).toBe(text);
  });

  test("stays as it is without markers, and must have both", () => {
    expect(withPeers("no markers", RESULTS)).toBe("no markers");
    expect(() => withPeers("<!-- bench/peers --> alone", RESULTS)).toThrow("must both be there");
  });
});
