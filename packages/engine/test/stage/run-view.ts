import {
  type AttemptRow,
  type EventRow,
  type FlowSpec,
  type ItemPath,
  type ReportRow,
  ROOT_ITEM,
  type RunId,
  type RunRow,
  type TaskRunRow,
  taskRunLabel,
  type VersionId,
} from "@millrace/core";
import type { TemporaryStore } from "@millrace/testing";
import { read } from "./calls.ts";

/** What the store says of a run. Task runs go by their labels, hooks by `label on kind`. */
export interface RunView {
  readonly id: RunId;
  readonly row: RunRow;
  readonly state: RunRow["state"];
  readonly tasks: Readonly<Record<string, TaskRunRow>>;
  /** How each task run stands; hooks are left out. */
  readonly states: Readonly<Record<string, TaskRunRow["state"]>>;
  readonly attempts: readonly AttemptRow[];
  readonly events: readonly EventRow[];
  readonly reports: readonly ReportRow[];
  /** What a task run gave; without a label, what the flow gave. */
  output(label?: string): Promise<unknown>;
  /** The row of a task run; throws when there is none. */
  task(label: string): TaskRunRow;
}

/** Where runs are kept, and what their flows are. */
export interface RunSources {
  readonly place: TemporaryStore;
  specOf(version: VersionId, flow: string): FlowSpec;
}

export async function readRunView(sources: RunSources, run: RunId): Promise<RunView> {
  const { store, artifacts } = sources.place;
  const { history } = store;
  const row = await history.findRun(run);
  if (row === undefined) throw new Error(`there is no run ${run}`);
  const spec = sources.specOf(row.version, row.flow);
  const tasks: Record<string, TaskRunRow> = {};
  const states: Record<string, TaskRunRow["state"]> = {};
  for (const task of await history.listTaskRuns(run)) {
    const label = task.node === -1 ? row.flow : taskRunLabel(spec.nodes[task.node]?.id ?? "", task.item);
    tasks[task.hook === "" ? label : `${label} on ${task.hook}`] = task;
    if (task.hook === "") states[label] = task.state;
  }
  const valueAt = async (node: number, item: ItemPath): Promise<unknown> => {
    const value = await store.findOutput(run, node, item);
    if (value === undefined || value.kind === "none") return undefined;
    const text = value.kind === "inline" ? value.text : await artifacts.readAt(value.artifact, []);
    return text === undefined ? undefined : read(text, { artifacts, texts: new Map() });
  };
  const taskOf = (label: string): TaskRunRow => {
    const task = tasks[label];
    if (task === undefined) throw new Error(`no task run ${label}; there are ${Object.keys(tasks).join(", ")}`);
    return task;
  };
  return {
    id: run,
    row,
    state: row.state,
    tasks,
    states,
    attempts: await history.listAttempts(run),
    events: await history.listEvents(run, 0, 1_000_000),
    reports: await history.listReports(run),
    output: (label) => (label === undefined ? valueAt(-1, ROOT_ITEM) : valueAt(taskOf(label).node, taskOf(label).item)),
    task: taskOf,
  };
}
