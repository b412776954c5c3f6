import type { Duration, GatherPolicy } from "@millrace/core";
import type { CallSite } from "../source/call-site.ts";
import { refusal } from "../source/refuse.ts";
import { invalid, readCount, readLimit, unknownOption } from "../task/read-option.ts";

/** How events become fewer runs; at most one of the three. What waits is kept in the database, and survives restarts. */
export interface GatherOptions {
  /**
   * One run for a burst of events, made of the last of them: when no other has come for so long. With `max`, after this
   * time at the latest, counted from the first. Defaults to a run for each event.
   */
  readonly debounce?: Duration | { readonly quiet: Duration; readonly max?: Duration };
  /**
   * One run for several events: when there are `max` of them, or `within` after the first. `params` gets them all. A
   * batch of more than 1 MiB does not wait for more. Defaults to a run for each event.
   */
  readonly batch?: { readonly max: number; readonly within: Duration };
  /**
   * At most `limit` runs within a time; further events make none, and are kept as skipped. Defaults to no limit.
   */
  readonly throttle?: { readonly limit: number; readonly per: Duration };
}

const KINDS = ["debounce", "batch", "throttle"] as const;
/** What waits is written anew with each event. */
const LARGEST_BATCH = 10_000;

/** @param what for messages: `webhook of a flow`. */
export function readGather(options: GatherOptions, what: string, site: CallSite): GatherPolicy | null {
  const given = KINDS.filter((kind) => options[kind] !== undefined);
  if (given.length > 1) {
    const message = `the ${what} has both \`${given[0]}\` and \`${given[1]}\``;
    throw refusal(
      { code: "INVALID_OPTION", message, hint: "Take one of them: each says how events become runs." },
      site,
    );
  }
  const { debounce, batch, throttle } = options;
  if (debounce !== undefined) return readDebounce(debounce, what);
  if (batch !== undefined) {
    checkFields(batch, ["max", "within"], `\`batch\` of the ${what}`);
    const max = readCount(batch.max, `\`batch.max\` of the ${what}`);
    if (max > LARGEST_BATCH) {
      throw invalid(`\`batch.max\` of the ${what}`, `a whole number up to ${LARGEST_BATCH}`, max);
    }
    return { kind: "batch", max, withinMs: readLimit(batch.within, `\`batch.within\` of the ${what}`) };
  }
  if (throttle === undefined) return null;
  checkFields(throttle, ["limit", "per"], `\`throttle\` of the ${what}`);
  return {
    kind: "throttle",
    limit: readCount(throttle.limit, `\`throttle.limit\` of the ${what}`),
    perMs: readLimit(throttle.per, `\`throttle.per\` of the ${what}`),
  };
}

function readDebounce(debounce: NonNullable<GatherOptions["debounce"]>, what: string): GatherPolicy {
  const given = typeof debounce === "object" ? debounce : { quiet: debounce };
  checkFields(given, ["quiet", "max"], `\`debounce\` of the ${what}`);
  const quietMs = readLimit(given.quiet, `\`debounce\` of the ${what}`);
  const maxMs = given.max === undefined ? null : readLimit(given.max, `\`debounce.max\` of the ${what}`);
  if (maxMs !== null && maxMs < quietMs) {
    throw invalid(`\`debounce.max\` of the ${what}`, "at least as long as `quiet`", given.max);
  }
  return { kind: "debounce", quietMs, maxMs };
}

function checkFields(given: object, known: readonly string[], what: string): void {
  if (typeof given !== "object" || given === null) throw invalid(what, `an object with ${known.join(" and ")}`, given);
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  if (unknown !== undefined) throw unknownOption(unknown, what, known);
}

/** Refuses options that no trigger of the kind takes. */
export function checkTriggerOptions(options: object, known: readonly string[], what: string): void {
  const all = ["name", "params", ...KINDS, ...known];
  const unknown = Object.keys(options).find((option) => !all.includes(option));
  if (unknown !== undefined) throw unknownOption(unknown, `the ${what}`, all);
}
