import type { RouteOutput } from "@millrace/contract";
import { coverText } from "../runs/run-text.ts";

export type BackfillRun = RouteOutput<"listBackfillRuns">["items"][number];

/** What one run of the plan covers, with the newest of the runs that were made for it. */
export interface MatrixCell {
  readonly label: string;
  readonly run: BackfillRun;
  /** Runs before the newest one. */
  readonly repeats: number;
}

/** Cells that are shown in one row, under the time that they have in common. */
export interface MatrixGroup {
  readonly name: string;
  readonly cells: readonly MatrixCell[];
}

const HOUR_MS = 3_600_000;
/** Clocks are set: a day may be an hour shorter. */
const DAY_MS = 23 * HOUR_MS;
const MONTH_MS = 28 * DAY_MS;

/** One cell for each family of runs, in the order in which they were made first. */
export function cellsOf(runs: readonly BackfillRun[]): readonly MatrixCell[] {
  const families = new Map<string, BackfillRun[]>();
  for (const run of runs) {
    const own = families.get(run.rootRun);
    if (own === undefined) families.set(run.rootRun, [run]);
    else own.push(run);
  }
  return [...families.values()].map((family) => {
    const run = family.at(-1) as BackfillRun;
    return { label: coverText(run) ?? run.run, run, repeats: family.length - 1 };
  });
}

/** Rows of a year's months, a month's days or a day's hours; one row where cells are no times. */
export function groupsOf(cells: readonly MatrixCell[]): readonly MatrixGroup[] {
  const groups: { name: string; cells: MatrixCell[] }[] = [];
  for (const cell of cells) {
    const name = groupName(cell);
    const last = groups.at(-1);
    if (last !== undefined && last.name === name) last.cells.push(cell);
    else groups.push({ name, cells: [cell] });
  }
  return groups;
}

function groupName({ label, run: { window } }: MatrixCell): string {
  if (!/^\d{4}-\d{2}/.test(label)) return "";
  const length = Date.parse(window.end) - Date.parse(window.start);
  return label.slice(0, length >= MONTH_MS ? 4 : length >= DAY_MS ? 7 : 10);
}
