import { answeredRun, type CommandId, errorInfo, makeRunId } from "@millrace/core";
import { describe, expect, test } from "vitest";

const id = "c" as CommandId;
const run = makeRunId(1_700_000_000_000, () => 0.5);

describe("the run of an answer", () => {
  test("is the one that the command was about", () => {
    expect(answeredRun({ id, ok: true, run })).toBe(run);
  });

  test("is refused as the leader refused it, with its hint and its frame", () => {
    const error = { ...errorInfo("UNKNOWN_FLOW", "no such flow"), hint: "look", frame: "> 1" };
    expect(() => answeredRun({ id, ok: false, error })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_FLOW", message: "no such flow", hint: "look", frame: "> 1" }),
    );
    const bare = { ...error, code: null, hint: null, frame: null };
    expect(() => answeredRun({ id, ok: false, error: bare })).toThrow(
      expect.objectContaining({ code: "INTERNAL", hint: null, frame: null }),
    );
  });

  test("is refused with each place that does not fit", () => {
    const issues = [{ path: ["region"], message: "must be a text" }];
    const error = { ...errorInfo("INVALID_PARAMS", "It does not fit."), issues };
    expect(() => answeredRun({ id, ok: false, error })).toThrow(expect.objectContaining({ issues }));
  });

  test("is not there when the command was about no run", () => {
    expect(() => answeredRun({ id, ok: true, run: null })).toThrow(expect.objectContaining({ code: "INTERNAL" }));
  });
});
