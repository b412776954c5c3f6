import { MillraceError } from "@millrace/core";
import { maskSecrets } from "../secret.ts";
import type { CommandEnd } from "./run-command.ts";

/** Lines of stderr that the message of a failed command repeats. */
const SHOWN_LINES = 20;

/** What a program that ended badly is reported as. */
export function commandFailed(what: string, end: CommandEnd, cause?: unknown): MillraceError {
  const how = end.signal === null ? `exited with code ${end.exitCode}` : `was ended by ${end.signal}`;
  const lines = end.lastErrors.filter((line) => line.trim() !== "").slice(-SHOWN_LINES);
  const why = lines.length === 0 ? "" : `:\n${lines.join("\n")}`;
  return new MillraceError("COMMAND_FAILED", maskSecrets(`${what} ${how}${why}`), {
    hint: hintFor(end),
    ...(cause === undefined ? {} : { cause }),
  });
}

function hintFor(end: CommandEnd): string {
  if (end.signal === "SIGKILL") return "Something killed it; often it is the system, out of memory.";
  if (end.signal !== null) return "Something outside of the task ended it.";
  return "Its output is in the task's log.";
}
