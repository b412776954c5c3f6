import type { RunId } from "../ids.ts";
import type { CommandAnswer } from "../ports/commands.ts";
import type { ErrorInfo } from "./error-info.ts";
import { type ErrorCode, MillraceError } from "./millrace-error.ts";

/** The run that a command made, or was about. Throws what the leader refused the command with. */
export function answeredRun(answer: CommandAnswer): RunId {
  if (answer.ok) {
    if (answer.run !== null) return answer.run;
    throw new MillraceError("INTERNAL", `The answer to the command ${answer.id} names no run.`);
  }
  throw refusalOf(answer.error);
}

/** What the leader answered, as something to throw. */
export function refusalOf({ code, message, hint, frame, issues }: ErrorInfo): MillraceError {
  return new MillraceError((code ?? "INTERNAL") as ErrorCode, message, {
    ...(hint === null ? {} : { hint }),
    ...(frame === null ? {} : { frame }),
    issues,
  });
}
