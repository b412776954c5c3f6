import { checkFlowName, checkTaskName } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

function refusalOf(check: () => unknown): { code: string; message: string; hint: string } {
  let refusal: unknown;
  expect(() => {
    try {
      check();
    } catch (error) {
      refusal = error;
      throw error;
    }
  }).toThrow(expect.objectContaining({ code: "INVALID_NAME" }));
  return refusal as { code: string; message: string; hint: string };
}

describe("checkFlowName", () => {
  it.each(["daily-orders", "a", "0", "sales/eu/daily.v2", "a_b", "a".repeat(128)])("takes %j", (name) => {
    expect(checkFlowName(name)).toBe(name);
  });

  it.each([
    ["Daily Orders", "daily-orders"],
    ["/sales//eu/", "sales/eu"],
    ["_.orders.", "orders"],
    ["größe", "gr-e"],
    ["a[0]", "a-0"],
  ])("refuses %j and offers %j", (name, fixed) => {
    expect(refusalOf(() => checkFlowName(name)).hint).toContain(`"${fixed}" would do`);
  });

  it.each(["", "///", "日本", undefined, 5])("refuses %j and says the rule", (name) => {
    expect(refusalOf(() => checkFlowName(name)).hint).toMatch(/lower-case letters.*"\/"\.$/);
  });

  it("refuses a long name by its length", () => {
    expect(refusalOf(() => checkFlowName("a".repeat(129))).message).toContain("129 characters");
  });

  it("offers only names that it takes", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (name) => {
        let offered = name;
        try {
          checkFlowName(name);
        } catch (error) {
          offered = /: "(.*)" would do/.exec((error as { hint: string }).hint)?.[1] ?? "none";
        }
        expect(checkFlowName(offered)).toBe(offered);
      }),
    );
  });
});

describe("checkTaskName", () => {
  it.each(["extract", "loadOrders", "_x_", "step-2.b"])("takes %j", (name) => {
    expect(checkTaskName(name)).toBe(name);
  });

  it.each([
    ["group/load", "group-load"],
    ["each[]", "each"],
    ["-load.", "load"],
  ])("refuses %j and offers %j", (name, fixed) => {
    expect(refusalOf(() => checkTaskName(name)).hint).toContain(`"${fixed}" would do`);
  });

  it("refuses what is no text, and says what the name was for", () => {
    expect(refusalOf(() => checkTaskName(null, "group")).message).toBe(
      "This is not a name for a group: of type object.",
    );
    expect(refusalOf(() => checkTaskName("x".repeat(200), "group")).message).toContain("The name of a group has 200");
  });
});
