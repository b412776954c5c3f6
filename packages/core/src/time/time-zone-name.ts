import { MillraceError } from "../errors/millrace-error.ts";
import { didYouMean } from "../suggest.ts";

const KNOWN = new Set<string>();

/**
 * Gives the name of a time zone back when there is one, without loading its rules.
 *
 * @param what what the zone is for, to name it in the message: `time zone of schedule "daily"`.
 * @throws MillraceError `INVALID_OPTION` for a name that is not known, with the nearest that is.
 */
export function checkTimeZone(name: unknown, what = "time zone"): string {
  if (typeof name === "string" && KNOWN.has(name)) return name;
  try {
    if (typeof name !== "string") throw new RangeError("not a text");
    new Intl.DateTimeFormat("en", { timeZone: name });
    KNOWN.add(name);
    return name;
  } catch {
    throw new MillraceError("INVALID_OPTION", `The ${what} is unknown: ${JSON.stringify(name) ?? String(name)}.`, {
      hint: didYouMean(String(name), Intl.supportedValuesOf("timeZone"), "time zones"),
    });
  }
}
