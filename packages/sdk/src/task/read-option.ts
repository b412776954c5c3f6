import { type Duration, didYouMean, MillraceError, parseDuration } from "@millrace/core";

export function unknownOption(option: string, owner: string, known: readonly string[]): MillraceError {
  return new MillraceError("INVALID_OPTION", `${owner} has no option "${option}"`, {
    hint: didYouMean(option, known, "options"),
  });
}

export function invalid(what: string, wanted: string, value: unknown): MillraceError {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return new MillraceError("INVALID_OPTION", `The ${what} is ${shown}`, { hint: `It must be ${wanted}.` });
}

/** A limit in time. Nothing can be done in no time. */
export function readLimit(limit: Duration, what: string): number {
  const ms = parseDuration(limit, what);
  if (ms === 0) throw invalid(what, "a duration longer than nothing; leave it out for no limit", limit);
  return ms;
}

export function readCount(count: unknown, what: string): number {
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 1) return count;
  throw invalid(what, "a whole number, at least 1", count);
}

export function readWhole(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw invalid(what, "a whole number", value);
}

export function readText(text: unknown, what: string): string {
  if (typeof text === "string") return text;
  throw invalid(what, "a text", text);
}
