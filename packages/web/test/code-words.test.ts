import { expect, test } from "vitest";
import type { FlowChanges, FlowVersion } from "../src/api/shapes.ts";
import { countWords, lookOf } from "../src/features/calendar/day-words.ts";
import { monthsBetween } from "../src/features/calendar/months.ts";
import { changeWords } from "../src/features/code/change-words.ts";
import { formerOf, plainTask } from "../src/features/code/versions.ts";

const NONE = { added: [], removed: [], changed: [] };
const SAME: FlowChanges = {
  version: "b",
  against: "a",
  isKept: true,
  files: [],
  tasks: NONE,
  schedules: NONE,
  triggers: NONE,
  parts: [],
};

test("what changed is said in a sentence", () => {
  expect(changeWords(SAME)).toBe("Nothing of this flow changed");
  const tasks = { added: ["c"], removed: [], changed: ["a", "b"] };
  const schedules = { ...NONE, changed: [{ name: "default", from: "every day at 06:00", to: "every day at 07:00" }] };
  expect(changeWords({ ...SAME, tasks, schedules, parts: ["owner", "tags"] })).toBe(
    "2 tasks changed, 1 added; schedule from “every day at 06:00” to “every day at 07:00”; owner and tags changed",
  );
});

test("the version before is the newest with other code", () => {
  const of = (version: string, changed: boolean): FlowVersion => {
    return { version, changed, createdAt: "", isActive: false, runs: { count: 0, newest: null } };
  };
  const versions = [of("d", false), of("c", true), of("b", false), of("a", true)];
  expect(formerOf(versions, "d")?.version).toBe("b");
  expect(formerOf(versions, "a")).toBeUndefined();
  expect(plainTask("airport[3]/load")).toBe(plainTask("airport[]/load"));
});

test("a day is what needs somebody most, and months begin on Monday", () => {
  const day = { day: "2026-11-22", success: 3, failed: 0, cancelled: 0, unfinished: 0, missing: 1, planned: 0 };
  expect(lookOf({ ...day, runs: 4, keys: null }).letter).toBe("M");
  expect(countWords({ ...day, runs: 4, keys: null })).toBe("1 missing, 3 succeeded; 4 runs");
  expect(monthsBetween("2026-01-15", "2026-02-01")).toMatchObject([
    { name: "2026-01", before: 3 },
    { name: "2026-02", before: 6 },
  ]);
  expect(monthsBetween("2026-02-01", "2026-02-01")[0]?.days).toHaveLength(28);
});
