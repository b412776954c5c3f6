import { describe, expect, test } from "vitest";
import { checkLabels, hasLabels, labelsOf, labelsText, MillraceError } from "../src/index.ts";

describe("labels of workers", () => {
  test.each([
    [{}, {}, true],
    [{ gpu: "a100" }, {}, true],
    [{ gpu: "a100", zone: "eu" }, { gpu: "a100" }, true],
    [{ gpu: "a100" }, { gpu: "h100" }, false],
    [{}, { gpu: "a100" }, false],
    [{}, { toString: "a100" }, false],
  ])("%j has %j: %s", (labels, wanted, has) => {
    expect(hasLabels(labels as Record<string, string>, wanted as Record<string, string>)).toBe(has);
  });

  test("the same labels are the same text, and come back from it", () => {
    const text = labelsText({ zone: "eu", gpu: "a100" });
    expect(text).toBe("gpu=a100,zone=eu");
    expect(labelsOf(text)).toEqual({ gpu: "a100", zone: "eu" });
  });

  test("a label is a short name with a short text", () => {
    const good = { "gpu.kind": "A100-80GB", n: "1" };
    expect(checkLabels(good, "The labels")).toBe(good);
    for (const bad of [{ GPU: "x" }, { gpu: "" }, { gpu: "a b" }, { gpu: "a,b=c" }, { gpu: 1 }]) {
      expect(() => checkLabels(bad as Record<string, string>, "The labels")).toThrow(MillraceError);
    }
  });
});
