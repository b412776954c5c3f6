import { MillraceError } from "@millrace/core";
import { neverAgain } from "./verdict.ts";

/** The fields of an input that must have names, for what binds them by name. */
export function inputFields(input: unknown, task: string): Readonly<Record<string, unknown>> {
  if (input === undefined || input === null) return {};
  if (typeof input === "object" && !Array.isArray(input)) return input as Record<string, unknown>;
  throw neverAgain(
    new MillraceError("INPUT_INVALID", `The input of "${task}" is ${Array.isArray(input) ? "a list" : typeof input}.`, {
      hint: "Give it an object, `{ orders }`: its fields are found by their names.",
    }),
  );
}
