import type { RouteOutput } from "@millrace/contract";
import type { FlowRuns, RunEvent } from "../api/shapes.ts";
import { insertNewest } from "./insert-newest.ts";

type Page = RouteOutput<"listFlowRuns">;
type FlowRun = FlowRuns["runs"][number];

/** So many runs of each flow are in an answer. */
const MOST = 12;

/** Writes events into the newest runs of all flows, also the runs that are new. What they add up to comes with the next answer. */
export function patchFlowRuns(page: Page, events: readonly RunEvent[]): Page {
  // What was told before the answer was read is in it already.
  const fresh = events.filter(({ seq, type }) => seq > page.seq && TOLD.has(type));
  if (fresh.length === 0) return page;
  const byFlow = Map.groupBy(fresh, ({ flow }) => flow);
  const items = page.items.map((each) => {
    const own = byFlow.get(each.flow);
    byFlow.delete(each.flow);
    return own === undefined ? each : { ...each, runs: patchRuns(each.runs, own) };
  });
  const others = [...byFlow].flatMap(([flow, own]) =>
    flow === null ? [] : [{ flow, runs: patchRuns([], own), succeeded: null, medianMs: null }],
  );
  return { ...page, items: [...items, ...others], seq: fresh.at(-1)?.seq ?? page.seq };
}

const TOLD: ReadonlySet<RunEvent["type"]> = new Set(["run.queued", "run.started", "run.finished"]);

function patchRuns(known: FlowRun[], events: readonly RunEvent[]): FlowRun[] {
  const runs = [...known];
  for (const { type, run, at, data, made } of events) {
    if (type === "run.queued" && !runs.some(({ id }) => id === run)) {
      const createdAt = made?.createdAt ?? at;
      insertNewest(runs, { id: run, state: "queued", createdAt, startedAt: null, endedAt: null }, MOST);
    }
    const place = runs.findIndex(({ id }) => id === run);
    const before = runs[place];
    if (before !== undefined) runs[place] = patched(before, { type, at, data });
  }
  return runs;
}

function patched(run: FlowRun, { type, at, data }: Pick<RunEvent, "type" | "at" | "data">): FlowRun {
  // To be told of an event twice changes nothing.
  if (run.endedAt !== null || type === "run.queued") return run;
  if (type === "run.started") return run.startedAt !== null ? run : { ...run, state: "running", startedAt: at };
  return { ...run, state: (data as { readonly state: FlowRun["state"] }).state, endedAt: at };
}
