import { errorInfo, isMillraceError, MillraceError, toErrorInfo } from "@millrace/core";
import { describe, expect, it } from "vitest";

describe("MillraceError", () => {
  it("carries what to do, where, and why", () => {
    const cause = new Error("disk");
    const error = new MillraceError("DISK_FULL", "No room.", { hint: "Make some.", frame: "> 1 | x", cause });
    expect(error).toMatchObject({
      name: "MillraceError",
      code: "DISK_FULL",
      hint: "Make some.",
      frame: "> 1 | x",
      cause,
    });
    expect("cause" in new MillraceError("INTERNAL", "Odd.")).toBe(false);
  });

  it("carries each place that does not fit, as plain data too", () => {
    const issues = [{ path: ["limits", 0], message: "too small" }];
    const error = new MillraceError("INVALID_PARAMS", "It does not fit.", { issues });
    expect(error.issues).toEqual(issues);
    expect(toErrorInfo(error).issues).toEqual(issues);
    expect("issues" in toErrorInfo(new MillraceError("INTERNAL", "Odd."))).toBe(false);
  });

  it("is known by its shape, because a project may hold a second copy of the package", () => {
    const foreign = Object.assign(new Error("No room."), { name: "MillraceError", code: "DISK_FULL", hint: null });
    expect(isMillraceError(foreign)).toBe(true);
    expect(toErrorInfo(foreign)).toMatchObject({ code: "DISK_FULL", hint: null, frame: null });
    expect(isMillraceError(Object.assign(new Error("x"), { code: "ENOENT" }))).toBe(false);
    expect(isMillraceError({ name: "MillraceError" })).toBe(false);
  });
});

describe("toErrorInfo", () => {
  it("keeps the causes", () => {
    const error = new TypeError("outer", { cause: new MillraceError("SQL_FAILED", "inner", { hint: "Fix it." }) });
    expect(toErrorInfo(error)).toMatchObject({
      code: null,
      name: "TypeError",
      message: "outer",
      stack: expect.stringContaining("outer"),
      cause: { code: "SQL_FAILED", message: "inner", hint: "Fix it.", cause: null },
    });
  });

  it("cuts a ring of causes", () => {
    const error = new Error("round");
    error.cause = error;
    let depth = 0;
    for (let info = toErrorInfo(error); info.cause !== null; info = info.cause) depth += 1;
    expect(depth).toBe(8);
  });

  it("does without a stack", () => {
    const error = new Error("bare");
    delete error.stack;
    expect(toErrorInfo(error).stack).toBe(null);
  });

  it("lets the errors speak that an AggregateError only collects", () => {
    const errors = [new Error("connect ECONNREFUSED ::1:5432"), "and a text"];
    expect(toErrorInfo(new AggregateError(errors)).message).toBe("connect ECONNREFUSED ::1:5432; and a text");
    expect(toErrorInfo(new AggregateError(errors, "both")).message).toBe("both");
  });

  it.each([
    ["text", "text"],
    [undefined, "undefined"],
    [null, "null"],
    [{ status: 500 }, '{"status":500}'],
    [{ big: 1n }, "[object Object]"],
  ])("takes the thrown %s, which is no error", (thrown, message) => {
    expect(toErrorInfo(thrown)).toEqual({ ...errorInfo("INTERNAL", message), code: null, name: "Error" });
  });
});
