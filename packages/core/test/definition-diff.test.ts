import { diffDefinitions, type FlowSpec, isSameDefinitions, type VersionFlow } from "@millrace/core";
import { expect, test } from "vitest";
import { output, SpecBuilder } from "./spec-builder.ts";
import { scheduleOf } from "./time/schedule-of.ts";

function version(spec: FlowSpec, codeHash = "1"): VersionFlow {
  return { spec, codeHash, entry: `${spec.name}.mjs` };
}

/** A flow with a map, a branch and tasks that wait for others; with more tasks in front of them all, if asked. */
function sample(before: readonly string[] = []): FlowSpec {
  const builder = new SpecBuilder();
  for (const id of before) builder.task(id);
  const list = builder.task("list");
  const each = builder.map("each", { uses: [list] }, () => output(builder.task("each[]/load")));
  builder.branch("way", { after: [each] }, { big: () => output(builder.task("large")) });
  builder.task("last", { after: [each, list] });
  return builder.spec("sample", output(list));
}

const SIX = { kind: "cron", expression: "0 6 * * *" } as const;
const SCHEDULE = scheduleOf(SIX, { place: { file: "flow.ts", line: 3, column: 1 } });

const NONE = { added: [], removed: [], changed: [] };

test("two versions that say the same are the same, wherever it stands in the file", () => {
  const moved = { ...SCHEDULE, place: { file: "flow.ts", line: 9, column: 1 } };
  const [before, after] = [SCHEDULE, moved].map((schedule) => version({ ...sample(), schedules: [schedule] }));
  expect(isSameDefinitions(diffDefinitions([before as VersionFlow], [after as VersionFlow]))).toBe(true);
});

test("a flow is added, and another removed", () => {
  const [one, other] = [version(new SpecBuilder().spec("one")), version(new SpecBuilder().spec("other"))];
  expect(diffDefinitions([one], [other])).toEqual({ added: [other.spec], removed: ["one"], changed: [] });
});

test("tasks in front of others move their numbers, and change none of them", () => {
  const { changed } = diffDefinitions([version(sample())], [version(sample(["first"]), "2")]);
  expect(changed).toEqual([
    { flow: "sample", tasks: { ...NONE, added: ["first"] }, schedules: NONE, triggers: NONE, parts: [] },
  ]);
});

test("schedules, parts of the flow and tasks that are wired otherwise are told by their names", () => {
  const before = sample();
  const rewired = before.nodes.map((node) => (node.id === "last" ? { ...node, after: [] } : node));
  const later = { ...SCHEDULE, timing: { ...SIX, expression: "0 7 * * *" } };
  const after = { ...before, nodes: rewired, owner: "ann", output: null, schedules: [later] };
  const { changed } = diffDefinitions([version({ ...before, schedules: [SCHEDULE] })], [version(after)]);
  expect(changed).toEqual([
    {
      flow: "sample",
      tasks: { ...NONE, changed: ["last"] },
      schedules: { ...NONE, changed: ["default"] },
      triggers: NONE,
      parts: ["output", "owner"],
    },
  ]);
});

test("where only functions have changed, it is the code", () => {
  const { changed } = diffDefinitions([version(sample(), "1")], [version(sample(), "2")]);
  expect(changed).toMatchObject([{ flow: "sample", tasks: NONE, parts: ["code"] }]);
});
