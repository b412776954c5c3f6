import { GRID_LETTERS, type RouteInput, type RouteOutput } from "@millrace/contract";
import type { RunEvent } from "../api/shapes.ts";
import { insertNewest } from "./insert-newest.ts";

type Grid = RouteOutput<"getFlowGrid">;
type GridRun = Grid["runs"][number];
type Asked = Partial<RouteInput<"getFlowGrid">>;

/** So many runs are in an answer where nothing else was asked for. */
const MOST = 50;

/** The letters, those that need somebody most first: what a map shows of all its items. */
const BY_URGENCY: string = Object.values(GRID_LETTERS).join("");
const NOT_BEGUN = ".";

/** Where the tasks of an answer stand; answers that were patched have the same list still. */
const PLACES = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function placesOf(tasks: readonly string[]): ReadonlyMap<string, number> {
  const known = PLACES.get(tasks);
  if (known !== undefined) return known;
  const made = new Map(tasks.map((id, place) => [id, place]));
  PLACES.set(tasks, made);
  return made;
}

/** Writes events into a grid: only cells that change, and the runs that are new. */
export function patchGrid(grid: Grid, asked: Asked, byRun: ReadonlyMap<string, readonly RunEvent[]>): Grid {
  const places = placesOf(grid.tasks);
  let { seq } = grid;
  const patch = (run: GridRun): GridRun => {
    // What was told before the answer was read is in it already, and so is all of a run that it has the end of.
    const events = byRun.get(run.id)?.filter((event) => event.seq > grid.seq && (run.endedAt ?? "") < event.at) ?? [];
    seq = Math.max(seq, events.at(-1)?.seq ?? 0);
    return events.length === 0 ? run : patchRun(run, events, places);
  };
  const runs = grid.runs.map(patch);
  const known = new Set(runs.map(({ id }) => id));
  for (const events of byRun.values()) {
    const made = events.find((event) => event.seq > grid.seq && event.made?.flow === asked.params?.flow)?.made;
    if (made === undefined || known.has(made.id)) continue;
    const { id, state, slice, createdAt, startedAt, endedAt } = made;
    const cells = NOT_BEGUN.repeat(grid.tasks.length);
    insertNewest(
      runs,
      patch({ id, state, slice, createdAt, startedAt, endedAt, cells }),
      Number(asked.query?.limit ?? MOST),
    );
  }
  // Cells have no times: by its number an event that is told again is known.
  return seq === grid.seq ? grid : { ...grid, runs, seq };
}

function patchRun(run: GridRun, events: readonly RunEvent[], places: ReadonlyMap<string, number>): GridRun {
  const cells = run.cells.split("");
  let next = run;
  for (const { type, at, data, task, item } of events) {
    const told = (data ?? {}) as { readonly state?: string; readonly hook?: string; readonly approval?: string };
    if (type === "run.started") next = { ...next, state: "running", startedAt: next.startedAt ?? at };
    if (type === "run.finished") next = { ...next, state: told.state as GridRun["state"], endedAt: at };
    const letter = told.hook === undefined ? letterOf(type, told) : undefined;
    // `airport[3]/load` is an item of `airport/load`.
    const place = places.get((task ?? "").replaceAll(/\[[^\]]*\]/g, ""));
    if (place === undefined || letter === undefined) continue;
    const before = cells[place] ?? NOT_BEGUN;
    // Of a map only what is worse than all before is known without its other items.
    if (item === "" || before === NOT_BEGUN || BY_URGENCY.indexOf(letter) < BY_URGENCY.indexOf(before)) {
      cells[place] = letter;
    }
  }
  return { ...next, cells: cells.join("") };
}

function letterOf(
  type: RunEvent["type"],
  told: { readonly state?: string; readonly approval?: string },
): string | undefined {
  if (type === "task.finished") return GRID_LETTERS[told.state as keyof typeof GRID_LETTERS];
  if (type === "task.started") return GRID_LETTERS.running;
  if (type === "task.retrying") return GRID_LETTERS.retry_wait;
  if (type !== "task.deferred") return undefined;
  return told.approval === undefined ? GRID_LETTERS.deferred : GRID_LETTERS.awaiting_input;
}
