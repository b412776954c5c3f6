import { didYouMean, suggest } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("suggest", () => {
  it.each([
    ["daily-order", ["daily-orders", "weekly-orders"], "daily-orders"],
    ["exrtact", ["extract", "load"], "extract"],
    ["ab", ["ba"], "ba"],
    ["LOAD", ["extract", "load"], "load"],
    ["laod", ["load", "lead"], "load"],
    ["clean", ["lean", "cleans"], "lean"],
    ["x", ["publish"], undefined],
    ["report", ["publish", "load"], undefined],
    ["", ["a", "ab"], "a"],
    ["anything", [], undefined],
  ])("takes %j of %j for %j", (word, candidates, meant) => {
    expect(suggest(word, candidates)).toBe(meant);
  });

  it("finds a word of four letters or more in which one was dropped, doubled, replaced or swapped", () => {
    const words = fc.stringMatching(/^[a-z]{4,12}$/);
    fc.assert(
      fc.property(words, fc.nat(), fc.constantFrom("drop", "double", "replace", "swap"), (word, position, slip) => {
        const at = position % (word.length - 1);
        const [before, letter, next, after] = [word.slice(0, at), word[at], word[at + 1], word.slice(at + 2)];
        const slips = {
          drop: `${before}${next}${after}`,
          double: `${before}${letter}${letter}${next}${after}`,
          replace: `${before}?${next}${after}`,
          swap: `${before}${next}${letter}${after}`,
        };
        expect(suggest(slips[slip], ["0000000", word])).toBe(word);
      }),
    );
  });
});

describe("didYouMean", () => {
  it("names the near one", () => {
    expect(didYouMean("lod", ["extract", "load"], "tasks")).toBe('Did you mean "load"?');
  });

  it("lists what there is when nothing is near", () => {
    expect(didYouMean("publish", ["extract", "load"], "tasks")).toBe("The tasks are: extract, load.");
    const many = Array.from({ length: 12 }, (_, index) => `step-number-${index}`);
    expect(didYouMean("publish", many, "tasks")).toMatch(/step-number-7 and 4 more\.$/);
    expect(didYouMean("publish", [], "tasks")).toBe("There are no tasks.");
  });
});
