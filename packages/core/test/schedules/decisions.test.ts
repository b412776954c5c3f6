import {
  begunAnew,
  decideDue,
  judgePast,
  type ScheduleSpec,
  scheduleFingerprint,
  type TriggerSpec,
  triggerFingerprint,
} from "@millrace/core";
import { expect, test } from "vitest";

test("a tick makes its run while there is room, and else what the flow says", () => {
  expect(decideDue({ maxActiveRuns: 2, overlap: "skip" }, 1)).toBe("make");
  expect(decideDue({ maxActiveRuns: 2, overlap: "skip" }, 2)).toBe("skip");
  expect(decideDue({ maxActiveRuns: 2, overlap: "queue" }, 3)).toBe("queue");
  expect(decideDue({ maxActiveRuns: 1, overlap: "cancel_running" }, 1)).toBe("cancel_running");
});

test("a tick that depends on its past waits for it, and is held up by its failure", () => {
  expect([undefined, "success"].map((state) => judgePast(state as "success" | undefined))).toEqual(["go", "go"]);
  expect((["failed", "cancelled"] as const).map(judgePast)).toEqual(["blocked", "blocked"]);
  expect((["queued", "running"] as const).map(judgePast)).toEqual(["wait", "wait"]);
});

const SPEC: ScheduleSpec = {
  name: "daily",
  timing: { kind: "cron", expression: "0 6 * * *" },
  timeZone: "UTC",
  calendar: null,
  params: null,
  catchup: { kind: "newest" },
  catchupOrder: "oldest",
  startMs: null,
  endMs: null,
  place: null,
};

test("a schedule is another one when it says another when, and only then", () => {
  const same: ScheduleSpec = { ...SPEC, catchup: { kind: "all" }, place: { file: "a.ts", line: 1, column: 1 } };
  expect(scheduleFingerprint(same)).toBe(scheduleFingerprint(SPEC));
  expect(scheduleFingerprint({ ...SPEC, timeZone: "Europe/Zurich" })).not.toBe(scheduleFingerprint(SPEC));
});

test("a trigger is another one when it waits for something else", () => {
  const hook: TriggerSpec = {
    kind: "webhook",
    name: "webhook",
    gather: null,
    maps: false,
    place: null,
    secretVariable: null,
    toleranceMs: 1,
    maxBodyBytes: 1,
  };
  expect(triggerFingerprint({ ...hook, place: { file: "a.ts", line: 1, column: 1 } })).toBe(triggerFingerprint(hook));
  const finished: TriggerSpec = { ...hook, kind: "flow_finished", flow: "orders", states: ["success"] };
  expect(triggerFingerprint(finished)).not.toBe(triggerFingerprint(hook));
  expect(triggerFingerprint({ ...finished, flow: "other" })).not.toBe(triggerFingerprint(finished));
});

test("what begins anew begins now, but never before where it was, and paused if it was", () => {
  const followed = { flow: "flow", name: "daily", kind: "schedule", fingerprint: "", schedule: SPEC } as const;
  const first = begunAnew(followed, 100, undefined);
  expect(first).toMatchObject({ sinceMs: 100, cursorMs: 100, owed: [], paused: null, retired: false });
  const paused = { atMs: 1, by: "me", reason: null };
  const former = { ...first, cursorMs: 500, paused, retired: true };
  expect(begunAnew(followed, 200, former)).toMatchObject({ sinceMs: 200, cursorMs: 500, paused, retired: false });
  expect(begunAnew(followed, 200, { ...former, cursorMs: null }).cursorMs).toBe(200);
  expect(begunAnew({ ...followed, kind: "webhook", schedule: null }, 200, undefined).cursorMs).toBe(null);
});
