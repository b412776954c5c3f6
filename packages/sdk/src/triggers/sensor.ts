import { type Duration, parseDuration } from "@millrace/core";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { invalid, readLimit } from "../task/read-option.ts";
import { checkTriggerOptions, type GatherOptions, readGather } from "./gather-options.ts";
import type { SensorContext, SensorResult } from "./sensor-context.ts";
import { anyEvent, makeTrigger, type Trigger } from "./trigger.ts";

export interface SensorOptions extends GatherOptions {
  /** The time between two polls. A sensor that fails waits longer, up to 32 times that. Defaults to 30 seconds. */
  readonly every?: Duration;
  /** A poll that takes longer is killed, and has failed. Defaults to 1 minute. */
  readonly timeout?: Duration;
}

/** What of a sensor's options is about when. */
export interface PollTiming {
  readonly everyMs: number;
  readonly timeoutMs: number;
}

const KNOWN = ["every", "timeout"];

/**
 * Looks for something at intervals, in a process of its own, and makes runs of what it finds. What a poll returns as its
 * cursor is written together with its runs, so nothing is lost and nothing is made twice.
 *
 * @example
 * sensor("new-orders", { every: "10s" }, async ({ cursor = 0, connection }) => {
 *   const rows = await connection("shop").query<{ id: number }>("SELECT id FROM orders WHERE id > :cursor", { cursor });
 *   return { runs: rows.map(({ id }) => ({ runKey: String(id), params: { id } })), cursor: rows.at(-1)?.id ?? cursor };
 * })
 */
export function sensor<Given = never, Cursor = unknown>(
  name: string,
  options: SensorOptions,
  poll: (context: SensorContext<Cursor>) => SensorResult<Given, Cursor> | Promise<SensorResult<Given, Cursor>>,
): Trigger<Given> {
  const site = new CallSite(sensor);
  return withPlace(site, () => {
    const what = `sensor "${name}"`;
    checkTriggerOptions(options, KNOWN, what);
    if (typeof poll !== "function") throw invalid(`third argument of the ${what}`, "a function that looks once", poll);
    return makeTrigger<Given>({
      name,
      spec: { kind: "sensor", ...readTiming(options, what), gather: readGather(options, what, site) },
      site,
      event: anyEvent,
      checks: false,
      params: null,
      plain: (payload: unknown) => payload,
      poll: poll as (context: SensorContext<unknown>) => SensorResult,
    });
  });
}

/** @param what for messages. */
export function readTiming(
  { every, timeout }: { readonly every?: Duration; readonly timeout?: Duration },
  what: string,
): PollTiming {
  const everyMs = parseDuration(every ?? "30s", `\`every\` of the ${what}`);
  if (everyMs < 100) throw invalid(`\`every\` of the ${what}`, "at least 100 ms", every);
  return { everyMs, timeoutMs: readLimit(timeout ?? "1m", `\`timeout\` of the ${what}`) };
}
