import { diffDefinitions, isSameDefinitions, type VersionFlow } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { diffText } from "../../src/dev/diff-text.ts";
import { makeStyle } from "../../src/output/style.ts";
import { flowSpec, from, taskNode } from "../run-view/sample-flow.ts";

const STYLE = makeStyle(false);

function version(spec: VersionFlow["spec"], codeHash = "1"): VersionFlow {
  return { spec, codeHash, entry: `${spec.name}.mjs` };
}

const [fetch, load] = [taskNode("fetch"), taskNode("load", { input: from(0) })];
const BEFORE = version(flowSpec([fetch, load]));

describe("what a reload has changed", () => {
  test("is nothing where nothing was changed", () => {
    expect(isSameDefinitions(diffDefinitions([BEFORE], [BEFORE]))).toBe(true);
  });

  test("is the task that is new, and not those whose number it moves", () => {
    const place = { file: "flows/a.ts", line: 9, column: 1 };
    const moved = [taskNode("first"), { ...fetch, place }, taskNode("load", { input: from(1), place })];
    const diff = diffDefinitions([BEFORE], [version(flowSpec(moved), "2")]);
    expect(diffText(diff, STYLE)).toEqual(["~ daily  task +first"]);
  });

  test("is the task that is gone, the one that is wired otherwise, and the flow's own parts", () => {
    const rewired = [taskNode("load", { after: [] })];
    const diff = diffDefinitions([BEFORE], [version({ ...flowSpec(rewired), owner: "ada" })]);
    expect(diffText(diff, STYLE)).toEqual(["~ daily  tasks ~load -fetch; owner"]);
  });

  test("is code, where the definitions say the same", () => {
    expect(diffText(diffDefinitions([BEFORE], [{ ...BEFORE, codeHash: "2" }]), STYLE)).toEqual(["~ daily  code"]);
  });

  test("is the flow that is new, and the one that is gone", () => {
    const other = version({ ...flowSpec([fetch]), name: "other" });
    expect(diffText(diffDefinitions([BEFORE], [other]), STYLE)).toEqual(["+ other  1 task", "- daily"]);
  });

  test("counts what would make the line too long", () => {
    const many = Array.from({ length: 9 }, (_, index) => taskNode(`t${index}`));
    const diff = diffDefinitions([version(flowSpec([]))], [version(flowSpec(many))]);
    expect(diffText(diff, STYLE)).toEqual(["~ daily  tasks +t0 +t1 +t2 +t3 +t4 +t5 and 3 more"]);
  });
});
