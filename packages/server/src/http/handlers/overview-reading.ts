import type { RunRow, TaskRunState } from "@millrace/core";
import {
  type FlowSpec,
  isFinalTaskRunState,
  may,
  type NodesByState,
  type RunCount,
  type RunState,
} from "@millrace/core";
import type { Handlers } from "../call.ts";
import { instant } from "../views/values.ts";
import { specOf } from "./run-reading.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

type Kind = "success" | "failed" | "cancelled" | "active";
type Counts = Record<Kind, number>;

const KINDS: Readonly<Record<RunState, Kind>> = {
  queued: "active",
  running: "active",
  success: "success",
  failed: "failed",
  cancelled: "cancelled",
};
/** Which runs of a stretch somebody is led to: those that need somebody first. */
const BY_URGENCY: readonly Kind[] = ["failed", "active", "success", "cancelled"];

/** How a project does, over all of its flows. */
export const OVERVIEW_READING: Handlers<"countRuns" | "listProgress"> = {
  async countRuns({ runtime, principal, query: { hours, minutes, limit } }) {
    const { history } = runtime.store;
    const seq = await history.lastEventSeq();
    const stretchMs = minutes * MINUTE_MS;
    const sinceMs = Date.now() - hours * HOUR_MS;
    const fromMs = sinceMs - (sinceMs % stretchMs);
    const counts = await history.countRuns(fromMs, stretchMs);
    const byFlow = Map.groupBy(
      counts.filter(({ flow }) => may(principal, "run.read", flow)),
      ({ flow }) => flow,
    );
    const flows = [...byFlow].map(([flow, own]) => ({ flow, own, total: sumOf(own) })).toSorted(byWeight);
    const items = flows.slice(0, limit).map(({ flow, own, total }) => ({ flow, total, stretches: stretchesOf(own) }));
    const total = sumOf([...byFlow.values()].flat());
    return { from: instant(fromMs), stretchMs, total, flows: flows.length, items, seq };
  },

  async listProgress({ runtime, principal, query: { limit } }) {
    const { history } = runtime.store;
    const seq = await history.lastEventSeq();
    const active = await history.listRuns({ states: ["running"], limit });
    const runs = active.filter(({ flow }) => may(principal, "run.read", flow));
    const states = await history.listNodeStates(runs.map(({ id }) => id));
    const specs = await Promise.all(runs.map((run) => specOf(runtime, run)));
    const items = runs.flatMap((run, place) => {
      const spec = specs[place];
      if (spec === undefined) return [];
      return [{ run: run.id, flow: run.flow, ...progressOf(run, spec, states[place] ?? {}) }];
    });
    return { items, next: null, seq };
  },
};

function sumOf(counts: readonly RunCount[]): Counts {
  const sum: Counts = { success: 0, failed: 0, cancelled: 0, active: 0 };
  for (const { state, count } of counts) sum[KINDS[state]] += count;
  return sum;
}

interface Weighed {
  readonly flow: string;
  readonly total: Counts;
}

/** Flows with failures first, then those with most runs. */
function byWeight(one: Weighed, other: Weighed): number {
  const failed = Math.sign(other.total.failed) - Math.sign(one.total.failed);
  return failed || runsOf(other.total) - runsOf(one.total) || (one.flow < other.flow ? -1 : 1);
}

function runsOf({ success, failed, cancelled, active }: Counts): number {
  return success + failed + cancelled + active;
}

function stretchesOf(counts: readonly RunCount[]) {
  const byStart = [...Map.groupBy(counts, ({ startMs }) => startMs)].toSorted(([one], [other]) => one - other);
  return byStart.map(([startMs, own]) => ({ at: instant(startMs), ...sumOf(own), run: leadOf(own) }));
}

function leadOf(counts: readonly RunCount[]): string {
  const [first] = counts.toSorted(
    (one, other) =>
      BY_URGENCY.indexOf(KINDS[one.state]) - BY_URGENCY.indexOf(KINDS[other.state]) ||
      (one.newest > other.newest ? -1 : 1),
  );
  return first?.newest ?? "";
}

/** A task with many items is one, and over when the item is that needs somebody most. */
function progressOf({ selection }: Pick<RunRow, "selection">, { nodes }: FlowSpec, states: NodesByState) {
  const takesPart = (place: number): boolean => {
    const node = nodes[place];
    return node?.kind === "task" && (selection === null || selection.includes(node.id));
  };
  const over = Object.entries(states).flatMap(([state, own]) =>
    isFinalTaskRunState(state as TaskRunState) ? own : [],
  );
  const tasks = nodes.filter((_, place) => takesPart(place)).length;
  return { done: over.filter(takesPart).length, tasks };
}
