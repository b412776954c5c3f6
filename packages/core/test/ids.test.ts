import { type ItemPath, itemPathOf, makeRunId, ROOT_ITEM, taskRunLabel } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("makeRunId", () => {
  it("writes the instant in front, as a ULID", () => {
    // The example of the ULID specification's canonical encoding of time.
    expect(makeRunId(1_469_918_176_385, () => 0)).toBe("01ARYZ6S410000000000000000");
    expect(makeRunId(0, () => 0.999_999)).toBe("0000000000ZZZZZZZZZZZZZZZZ");
  });

  it("sorts by the instant it was made", () => {
    const instants = fc.nat({ max: 2 ** 48 - 1 });
    const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(instants, instants, chances, (first, second, chance) => {
        fc.pre(first < second);
        expect(makeRunId(first, () => chance) < makeRunId(second, () => 0)).toBe(true);
      }),
    );
  });
});

describe("item paths", () => {
  it("nest from the outside in", () => {
    const outer = itemPathOf(ROOT_ITEM, 3);
    expect(outer).toBe("3");
    expect(itemPathOf(outer, 1)).toBe("3.1");
  });

  it("fill the places of a label", () => {
    expect(taskRunLabel("load", ROOT_ITEM)).toBe("load");
    expect(taskRunLabel("airport[]/load", itemPathOf(ROOT_ITEM, 3))).toBe("airport[3]/load");
    expect(taskRunLabel("airport[]/gate[]", "3.1" as ItemPath)).toBe("airport[3]/gate[1]");
  });

  it("leave a place open that they say nothing about", () => {
    expect(taskRunLabel("airport[]/gate[]", "3" as ItemPath)).toBe("airport[3]/gate[]");
  });
});
