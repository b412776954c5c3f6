import type { RouteOutput } from "@millrace/contract";
import type { FlowRuns, RunEvent } from "../api/shapes.ts";

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
  return { ...page, items: [...items, ...others] };
}

const TOLD: ReadonlySet<RunEvent["type"]> = new Set(["run.queued", "run.started", "run.finished"]);

function patchRuns(known: FlowRun[], events: readonly RunEvent[]): FlowRun[] {
  let runs = known;
  for (const { type, run, at, data } of events) {
    if (type === "run.queued" && !runs.some(({ id }) => id === run)) {
      const made: FlowRun = { id: run, state: "queued", createdAt: at, startedAt: null, endedAt: null };
      runs = [made, ...runs].slice(0, MOST);
    }
    runs = runs.map((each) => (each.id === run ? patched(each, { type, at, data }) : each));
  }
  return runs;
}

function patched(run: FlowRun, { type, at, data }: Pick<RunEvent, "type" | "at" | "data">): FlowRun {
  // To be told of an event twice changes nothing.
  if (run.endedAt !== null || type === "run.queued") return run;
  if (type === "run.started") return { ...run, state: "running", startedAt: run.startedAt ?? at };
  return { ...run, state: (data as { readonly state: FlowRun["state"] }).state, endedAt: at };
}
