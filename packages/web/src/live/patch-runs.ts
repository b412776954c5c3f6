import type { RouteInput, RouteOutput } from "@millrace/contract";
import type { Run, RunEvent } from "../api/shapes.ts";

type Page = RouteOutput<"listRuns">;
type Asked = Partial<RouteInput<"listRuns">>;

/** What a page has where nothing is asked for. */
const LIMIT = 50;

/**
 * Writes events into a page of runs: what becomes of those that it has, and, on the first page, those that are new and that
 * were asked for. A run that comes into a state that was asked for, and that was made earlier, comes with the next answer;
 * so do those that move up where one leaves.
 */
export function patchRuns(page: Page, { query = {} }: Asked, events: readonly RunEvent[]): Page {
  const isIn = ({ state }: Run): boolean => query.state === undefined || [query.state].flat().includes(state);
  const isAsked = (run: Run): boolean =>
    query.cursor === undefined && (query.flow === undefined || run.flow === query.flow);
  const known = new Map(page.items.map((run) => [run.id, run]));
  const made = new Map<string, Run>();
  // What was told before the answer was read is in it already.
  for (const event of events) {
    if (event.seq <= page.seq) continue;
    const run = known.get(event.run) ?? made.get(event.run) ?? event.made;
    if (run !== undefined && (known.has(run.id) || isAsked(run)))
      (known.has(run.id) ? known : made).set(run.id, patchRun(run, event));
  }
  const items = [...known.values()].filter(isIn);
  for (const run of made.values()) if (isIn(run)) insert(items, run, page.next === null);
  const isSame = items.length === page.items.length && items.every((run, place) => run === page.items[place]);
  if (isSame) return page;
  const seq = Math.max(page.seq, events.at(-1)?.seq ?? 0);
  const limit = Number(query.limit ?? LIMIT);
  if (items.length <= limit) return { ...page, items, seq };
  const cut = items.slice(0, limit);
  // Those that were pushed out begin the next page.
  return { items: cut, next: cut.at(-1)?.id ?? null, seq };
}

/** Puts a run where it belongs, the newest first. What is older than all that are there is on another page, where there is one. */
function insert(items: Run[], run: Run, isLast: boolean): void {
  const place = items.findIndex(({ createdAt }) => createdAt <= run.createdAt);
  if (place !== -1) items.splice(place, 0, run);
  else if (isLast) items.push(run);
}

/** What an event says of a run. To be told of it twice changes nothing. */
export function patchRun<Known extends Run>(run: Known, { type, at, data }: RunEvent): Known {
  // A state that is final stays, whatever is told again.
  if (run.endedAt !== null) return run;
  if (type === "run.started") return run.startedAt === null ? { ...run, state: "running", startedAt: at } : run;
  if (type === "run.cancelling") return run.cancelRequested ? run : { ...run, cancelRequested: true };
  if (type === "run.finished") return { ...run, state: (data as Pick<Run, "state">).state, endedAt: at };
  return run;
}
