import type { FlowRuns, FlowSummary, Trigger } from "../../api/shapes.ts";
import { rank } from "../../app/rank.ts";
import { isPaused } from "../schedules/pause-state.ts";

/** By what flows are sorted. */
export const FLOW_SORTS = ["name", "next", "last", "succeeded", "duration"] as const;
export type FlowSort = (typeof FLOW_SORTS)[number];

/** Which flows are shown, by how they are now. */
export const FLOW_STATES = ["failed", "running", "paused"] as const;
export type FlowState = (typeof FLOW_STATES)[number];

export interface FlowsSearch {
  readonly q?: string | undefined;
  readonly tag?: string | undefined;
  readonly show?: FlowState | undefined;
  readonly sort?: FlowSort | undefined;
  /** The other way round. */
  readonly turned?: boolean | undefined;
}

export interface FlowRow extends Pick<FlowRuns, "runs" | "succeeded" | "medianMs"> {
  readonly flow: FlowSummary;
  readonly triggers: readonly Trigger[];
  readonly isPaused: boolean;
  /** When the next run comes, and when the last one came. */
  readonly next: string | null;
  readonly last: string | null;
}

export interface Known {
  readonly flows: readonly FlowSummary[];
  readonly triggers: readonly Trigger[];
  readonly runs: readonly FlowRuns[];
}

const NO_RUNS: FlowRuns["runs"] = [];

/** All that is known of each flow, put together. */
export function flowRows({ flows, triggers, runs }: Known): readonly FlowRow[] {
  const triggersOf = Map.groupBy(triggers, ({ flow }) => flow);
  const runsOf = new Map(runs.map((each) => [each.flow, each]));
  return flows.map((flow) => {
    const own = triggersOf.get(flow.name) ?? [];
    const known = runsOf.get(flow.name);
    const ticks = own.flatMap(({ nextTick, paused }) => (nextTick === null || paused !== null ? [] : [nextTick]));
    return {
      flow,
      triggers: own,
      isPaused: isPaused(own),
      next: ticks.toSorted()[0] ?? null,
      last: known?.runs[0]?.createdAt ?? null,
      runs: known?.runs ?? NO_RUNS,
      succeeded: known?.succeeded ?? null,
      medianMs: known?.medianMs ?? null,
    };
  });
}

/** Whether two rows say the same of the same flow. */
export function isSameRow(one: FlowRow, other: FlowRow): boolean {
  return (
    one.triggers.length === other.triggers.length &&
    one.triggers.every((trigger, place) => trigger === other.triggers[place]) &&
    ALONE.every((key) => one[key] === other[key])
  );
}

/** What a row says besides of its triggers. */
const ALONE = ["flow", "isPaused", "next", "last", "runs", "succeeded", "medianMs"] as const;

/** Whether a flow is in a state: what failed and was run again with success is no failure any more. */
export function isIn(state: FlowState, { runs, isPaused: isOff }: FlowRow): boolean {
  if (state === "paused") return isOff;
  if (state === "running") return runs.some((run) => run.state === "running" || run.state === "queued");
  return runs.find((run) => run.state === "success" || run.state === "failed")?.state === "failed";
}

/** Those that are asked for, in the order that is asked for. */
export function shownRows(rows: readonly FlowRow[], search: FlowsSearch): readonly FlowRow[] {
  const { q = "", tag, show, sort, turned = false } = search;
  const titled = rows.map((row) => ({ row, title: row.flow.name }));
  const found = rank(q, titled)
    .map(({ row }) => row)
    .filter((row) => (tag === undefined || row.flow.tags.includes(tag)) && (show === undefined || isIn(show, row)));
  if (sort === undefined && !turned) return found;
  const key = KEYS[sort ?? "name"];
  return found.toSorted((one, other) => compare(key(one), key(other), turned));
}

/** What is compared. What one looks for comes first: the soonest, the newest, what fails most and what takes longest. */
const KEYS: Readonly<Record<FlowSort, (row: FlowRow) => string | number | null>> = {
  name: ({ flow }) => flow.name,
  next: ({ next }) => (next === null ? null : Date.parse(next)),
  last: ({ last }) => (last === null ? null : -Date.parse(last)),
  succeeded: ({ succeeded }) => succeeded,
  duration: ({ medianMs }) => (medianMs === null ? null : -medianMs),
};

/** What is not known goes last, whichever way round. */
function compare(one: string | number | null, other: string | number | null, turned: boolean): number {
  if (one === other) return 0;
  if (one === null) return 1;
  if (other === null) return -1;
  return one < other === turned ? 1 : -1;
}
