import { expect, test } from "vitest";
import { exchangeFolderPrefix, workerOfExchangeFolder } from "../../src/index.ts";

test("the folder of an attempt names its worker, the innermost one", () => {
  const prefix = exchangeFolderPrefix("0a1b2c3d4e5f:9-8-1/2,a1b2c3d4e5f6:1234-5678-1/3");
  expect(prefix).toBe("millrace-task-a1b2c3d4e5f6_1234-5678-1_3-");
  expect(workerOfExchangeFolder(`${prefix}Xyz-12`)).toBe("a1b2c3d4e5f6:1234-5678-1/3");
});

test.each([undefined, ""])("outside of an executor, with %j, it names none", (marks) => {
  expect(exchangeFolderPrefix(marks)).toBe("millrace-task-");
  expect(workerOfExchangeFolder(`${exchangeFolderPrefix(marks)}Xyz12`)).toBe(undefined);
});
