import { expect, test } from "vitest";
import { approval } from "../../src/kinds/approval.ts";
import { type } from "../../src/schema/type.ts";
import type { Decision, Resumed } from "../../src/task/context.ts";
import { deferForApproval, isDeferred } from "../../src/task/defer.ts";
import { isNonRetryable } from "../../src/task/failures.ts";
import { recordedContext } from "./attempt-context.ts";

const AT = new Date(0);

function resumed(decision: Decision["decision"], by: string | null = "ann", comment: string | null = null): Resumed {
  return {
    carry: undefined,
    resumes: 1,
    waitingSince: AT,
    run: null,
    decision: { decision, by, comment, at: AT },
  };
}

test("asks, and gives its worker back until somebody has decided", async () => {
  const before = Date.now();
  const release = approval("release", { message: "Publish?", timeout: "1h", onTimeout: "reject" });
  const asked = await release.run(undefined, recordedContext().context);
  if (!isDeferred(asked) || asked.until.kind !== "approval") return expect.unreachable();
  expect(asked.until).toMatchObject({ message: "Publish?", onDeadline: "rejected" });
  expect((asked.until.deadlineMs ?? 0) - before).toBeGreaterThanOrEqual(3_600_000);
  expect(
    await release.run(undefined, recordedContext({ resumed: resumed("approved", "ann", "fine") }).context),
  ).toEqual({
    approved: true,
    by: "ann",
    comment: "fine",
    at: AT,
  });
});

test("may ask about its input, and wait for ever", async () => {
  const release = approval("release", { message: ({ day }) => `Publish ${day}?`, input: type<{ day: string }>() });
  expect(await release.run({ day: "monday" }, recordedContext().context)).toMatchObject({
    until: { kind: "approval", message: "Publish monday?", deadlineMs: null, onDeadline: "fail" },
  });
});

test("fails when it is rejected or nobody came, for good, unless it is to go on", async () => {
  const strict = approval("release", { message: "Publish?", timeout: "1h" });
  const failureOf = (decision: Resumed): Promise<unknown> =>
    strict.run(undefined, recordedContext({ resumed: decision }).context).then(
      () => expect.unreachable(),
      (error: unknown) => error,
    );
  const rejected = await failureOf(resumed("rejected", "ann", "wrong figures"));
  expect(rejected).toMatchObject({
    code: "APPROVAL_REJECTED",
    message: '"release" was rejected by ann: wrong figures.',
  });
  expect(isNonRetryable(rejected)).toBe(true);
  expect(await failureOf(resumed("rejected", null))).toMatchObject({
    message: '"release" was rejected when its time was over.',
  });
  expect(await failureOf(resumed("expired", null))).toMatchObject({
    code: "WAIT_TIMEOUT",
    message: 'Nobody decided on "release" within 1h 00m.',
  });
  const mild = approval("release", { message: "Publish?", onReject: "continue" });
  expect(await mild.run(undefined, recordedContext({ resumed: resumed("rejected") }).context)).toMatchObject({
    approved: false,
    by: "ann",
  });
});

test("is refused for what makes no sense", () => {
  const refused = expect.objectContaining({ code: "INVALID_OPTION" });
  expect(() => approval("x", { message: "" })).toThrow(refused);
  expect(() => approval("x", { message: "m", timeout: 0 })).toThrow(refused);
  expect(() => approval("x", { message: "m", onTimeout: "continue" as never })).toThrow(refused);
  expect(() => approval("x", { message: "m", onReject: "skip" as never })).toThrow(refused);
  expect(() => deferForApproval({ message: "m", deadline: new Date(Number.NaN) })).toThrow(TypeError);
});
