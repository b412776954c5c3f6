import type { RouteOutput } from "@millrace/contract";
import type { FlowNode } from "../../api/shapes.ts";
import type { State } from "../../ui/states.ts";
import { stateOfLetter } from "./letters.ts";

export type Grid = RouteOutput<"getFlowGrid">;
export type GridRun = Grid["runs"][number];

/** A place in the grid: a run, the newest of which is 0, and a task; -1 as its task is the run as a whole. */
export interface Cell {
  readonly run: number;
  readonly task: number;
}

/** What is drawn: the answer, and which of its tasks are shown. */
export interface GridScene {
  readonly grid: Grid;
  readonly rows: readonly number[];
  /** Tasks that stand for many items. */
  readonly maps: ReadonlySet<string>;
  readonly selected: Cell | undefined;
  /** Of the instants at the columns. */
  readonly zone: string;
}

export interface GridFilter {
  /** Part of a task's name. */
  readonly find: string;
  /** Tasks that are in any of these states in any of the runs; all where it is empty. */
  readonly states: readonly string[];
}

export function cellState({ runs }: Grid, { run, task }: Cell): State {
  return stateOfLetter(runs[run]?.cells[task] ?? ".");
}

/** The tasks that a filter leaves, in their order. */
export function rowsOf(
  { tasks, runs }: Grid,
  { find, states, written }: GridFilter & { readonly written?: ReadonlySet<string> | undefined },
): readonly number[] {
  const text = find.toLowerCase();
  const isLike = (task: number): boolean =>
    states.length === 0 || runs.some(({ cells }) => states.includes(stateOfLetter(cells[task] ?? ".")));
  const isRow = (id: string): boolean => written?.has(id) !== false && id.toLowerCase().includes(text);
  return tasks.flatMap((id, task) => (isRow(id) && isLike(task) ? [task] : []));
}

type Node = Pick<FlowNode, "id" | "kind" | "map" | "arm">;

/**
 * The tasks as they are written. Maps and branches are rows only where one of them failed by itself: else what they hold
 * says how they went.
 */
export function writtenRows({ tasks, runs }: Grid, nodes: readonly Node[]): ReadonlySet<string> {
  const places = new Map(tasks.map((id, place) => [id, place]));
  const letterOf = (cells: string, id: string): string | undefined => cells[places.get(id) ?? -1];
  const failedAlone = ({ id }: Node): boolean => {
    const inside = nodes.filter(({ map, arm }) => map === id || arm?.branch === id);
    return runs.some(
      ({ cells }) => letterOf(cells, id) === "f" && !inside.some((inner) => letterOf(cells, inner.id) === "f"),
    );
  };
  return new Set(nodes.filter((node) => node.kind === "task" || failedAlone(node)).map(({ id }) => id));
}

/** The states that occur, and in how many cells. */
export function countsOf(runs: readonly Pick<GridRun, "cells">[]): ReadonlyMap<State, number> {
  // By code: a text for each of a hundred thousand letters would take longer than to draw them.
  const counts = new Uint32Array(128);
  for (const { cells } of runs) {
    for (let at = 0; at < cells.length; at += 1) counts[cells.charCodeAt(at)] = (counts[cells.charCodeAt(at)] ?? 0) + 1;
  }
  const found = new Map<State, number>();
  for (const [code, count] of counts.entries())
    if (count > 0) found.set(stateOfLetter(String.fromCharCode(code)), count);
  return found;
}

/** Where a key leads from a cell; undefined for keys that lead nowhere. */
export function movedBy({ grid: { runs }, rows }: GridScene, cell: Cell | undefined, key: string): Cell | undefined {
  const row = cell === undefined ? -1 : rows.indexOf(cell.task);
  const to = (run: number, nextRow: number): Cell => ({
    run: Math.min(Math.max(run, 0), runs.length - 1),
    task: rows[Math.min(nextRow, rows.length - 1)] ?? -1,
  });
  const run = cell?.run ?? 0;
  switch (key) {
    case "ArrowLeft":
      return to(run + 1, row);
    case "ArrowRight":
      return to(run - 1, row);
    case "ArrowUp":
      return to(run, Math.max(-1, row - 1));
    case "ArrowDown":
      return to(run, row + 1);
    case "PageUp":
      return to(run, Math.max(-1, row - PAGE));
    case "PageDown":
      return to(run, row + PAGE);
    case "Home":
      return to(runs.length - 1, row);
    case "End":
      return to(0, row);
    default:
      return undefined;
  }
}

const PAGE = 20;

export function tookMs({ startedAt, endedAt }: Pick<GridRun, "startedAt" | "endedAt">): number {
  if (startedAt === null) return 0;
  return (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt);
}
