import { MillraceError } from "@millrace/core";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Handlers } from "../call.ts";
import { Refusal } from "../refusal.ts";
import { logLineView } from "../views/run-views.ts";
import { findRun } from "./run-reading.ts";

type Names = "readLog" | "searchLog" | "summariseLog";

/** What attempts said. */
export const LOG_READING: Handlers<Names> = {
  async readLog({ runtime, params, query }) {
    const log = await findLog(runtime, params);
    const { limit, level = "debug", line, from, clip } = query;
    if (level === "debug") {
      const first = line ?? from;
      const { lines, ended, count, closed } = await runtime.logs.read({ ...log, from: first, limit });
      return {
        from: first,
        lines: lines.map((each, place) => logLineView(each, first + place, clip)),
        ended,
        count,
        total: count,
        writing: !(closed || log.ended),
      };
    }
    const begin = line === undefined ? { place: from } : { line };
    const { place, hits, matching, count, closed } = await runtime.logs.readLevel({ ...log, level, begin, limit });
    return {
      from: place,
      lines: hits.map((hit) => logLineView(hit.line, hit.number, clip)),
      ended: closed && place + hits.length >= matching,
      count: matching,
      total: count,
      writing: !(closed || log.ended),
    };
  },

  async searchLog({ runtime, params, query: { text = "", level, from, direction, limit, clip } }) {
    if (text === "" && level === undefined)
      throw new MillraceError("USAGE", "A text, a level, or both are looked for.");
    const isBackward = direction === "backward";
    const hits = await runtime.logs.search({
      ...(await findLog(runtime, params)),
      text,
      ...(level === undefined ? {} : { level }),
      from: from ?? (isBackward ? Number.MAX_SAFE_INTEGER : 0),
      limit,
      isBackward,
    });
    return { items: hits.map(({ line, number }) => logLineView(line, number, clip)) };
  },

  async summariseLog({ runtime, params }) {
    const log = await findLog(runtime, params);
    const { count, closed, levels, lastError } = await runtime.logs.summarise(log);
    return { total: count, writing: !(closed || log.ended), levels: { ...levels }, lastError };
  },
};

/** The log of an attempt that is there: a log's place is made of ids that the store knows, never of what was sent. */
export async function findLog(runtime: Runtime, given: { readonly run: string; readonly attempt: number }) {
  const run = await findRun(runtime, given.run);
  const attempt = await runtime.store.findAttempt(run.id, given.attempt as never);
  if (attempt === undefined) throw new Refusal("NOT_FOUND", `Run ${run.id} has no attempt ${given.attempt}.`);
  return { run: run.id, attempt: attempt.id, ended: attempt.endedAtMs !== null };
}
