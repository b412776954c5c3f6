import { readFileSync } from "node:fs";
import { type ErrorCode, MillraceError, type MillraceErrorOptions, sourceFrame } from "@millrace/core";
import { type AbsolutePlace, CallSite, formatPlace } from "./call-site.ts";

/** What went wrong, before it knows where. */
export interface Refusal {
  readonly code: ErrorCode;
  /** Without a full stop: the place follows. */
  readonly message: string;
  readonly hint: string;
  readonly cause?: unknown;
}

/** The error for something an author wrote: it names the place and shows the line. */
export function refusal({ code, message, hint, cause }: Refusal, site: CallSite): MillraceError {
  const options: MillraceErrorOptions = {
    hint,
    frame: site.absolute === null ? null : frameOf(site.absolute),
    ...(cause ? { cause } : {}),
  };
  return new MillraceError(code, `${message}${at(site)}`, options);
}

/** Null where the file cannot be read: a frame is a help, never a reason to fail. */
function frameOf(place: AbsolutePlace): string | null {
  try {
    return sourceFrame(readFileSync(place.file, "utf8"), place);
  } catch {
    return null;
  }
}

/** ` (flows/orders.ts:12:5)`, or nothing where the place is unknown. */
export function at(site: CallSite): string {
  return site.place === null ? "" : ` (${formatPlace(site.place)})`;
}

/**
 * Adds the place to a refusal of core, which cannot know it: `check` throws MillraceErrors without one.
 *
 * @param where the place, or the function that the author called, which then must still be running.
 */
// biome-ignore lint/complexity/noBannedTypes: any function may be the one that was called.
export function withPlace<Value>(where: CallSite | Function, check: () => Value): Value {
  try {
    return check();
  } catch (thrown) {
    if (!(thrown instanceof MillraceError) || thrown.frame !== null) throw thrown;
    const message = thrown.message.replace(/\.$/, "");
    const site = typeof where === "function" ? new CallSite(where) : where;
    throw refusal({ code: thrown.code, message, hint: thrown.hint ?? "" }, site);
  }
}
