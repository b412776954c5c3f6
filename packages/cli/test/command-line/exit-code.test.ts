import { expect, test } from "vitest";
import { exitCodeOf } from "../../src/command-line/exit-code.ts";

test.each([
  ["USAGE", 2],
  ["UNKNOWN_FLOW", 2],
  ["UNKNOWN_TASK", 2],
  ["UNKNOWN_RUN", 2],
  ["INVALID_PARAMS", 2],
  ["RUN_FINISHED", 2],
  ["NO_PROJECT", 2],
  ["DATABASE_LOCKED", 3],
  ["DATABASE_READ_ONLY", 3],
  ["DATABASE_NEWER", 3],
  ["DATABASE_CORRUPT", 3],
  ["DISK_FULL", 3],
  ["STORE_FAILED", 3],
  ["BUILD_FAILED", 1],
  ["INVALID_CONFIG", 1],
  ["DUPLICATE_TASK", 1],
  ["INTERNAL", 1],
] as const)("%s exits with %i", (code, exit) => {
  expect(exitCodeOf(code)).toBe(exit);
});
