import { MillraceError } from "../errors/millrace-error.ts";

/** @param problem follows the key: `is in the future`. */
export function unknownKey(key: string, problem: string, hint: string): MillraceError {
  return new MillraceError("UNKNOWN_PARTITION", `The partition key ${JSON.stringify(key)} ${problem}.`, { hint });
}
