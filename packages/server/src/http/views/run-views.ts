import type { RouteOutput } from "@millrace/contract";
import {
  type AttemptRow,
  type EventRow,
  type FlowSpec,
  type ReportRow,
  type RunRow,
  type RunTrigger,
  type TaskRunRow,
  taskRunLabel,
  type YieldUntil,
} from "@millrace/core";
import type { LogLine } from "@millrace/executors";
import type { Runtime } from "../../runtime/runtime.ts";
import { instant, jsonOf, maybeInstant, sliceView, windowView } from "./values.ts";

type ItemOf<Page> = Page extends { items: (infer Item)[] } ? Item : never;
export type RunView = ItemOf<RouteOutput<"listRuns">>;
type TaskRunView = ItemOf<RouteOutput<"listTaskRuns">>;
type AttemptView = ItemOf<RouteOutput<"listAttempts">>;
type ReportView = ItemOf<RouteOutput<"listReports">>;
export type EventView = ItemOf<RouteOutput<"listRunEvents">>;

export function runView(row: RunRow): RunView {
  const { id, flow, version, state, settled, cancelRequested, backfill, rerunOf, rootRun, error } = row;
  return {
    id,
    flow,
    version,
    state,
    settled,
    cancelRequested,
    class: row.class,
    params: jsonOf(row.params),
    window: windowView(row.window),
    scheduledAt: maybeInstant(row.scheduledAtMs),
    slice: row.slice === null ? null : sliceView(row.slice),
    backfill,
    trigger: triggerView(row.trigger),
    selection: row.selection === null ? null : [...row.selection],
    rerunOf,
    rootRun,
    createdAt: instant(row.createdAtMs),
    startedAt: maybeInstant(row.startedAtMs),
    endedAt: maybeInstant(row.endedAtMs),
    error,
  };
}

/** A run as it was made, whatever has become of it since: what it is made of never changes. */
export function madeRunView(row: RunRow): RunView {
  const begins = { state: "queued", settled: false, cancelRequested: false } as const;
  return { ...runView(row), ...begins, startedAt: null, endedAt: null, error: null };
}

function triggerView(trigger: RunTrigger): RunView["trigger"] {
  switch (trigger.kind) {
    case "rerun": {
      const { kind, actor, mark } = trigger;
      return { kind, actor, ...(mark === undefined ? {} : { mark: { ...mark, tasks: [...mark.tasks] } }) };
    }
    case "manual":
    case "backfill":
    case "event":
      return trigger;
    case "flow_run":
      return { kind: "flow_run", run: trigger.run };
    case "schedule":
      return { kind: "schedule", schedule: trigger.schedule, at: instant(trigger.atMs) };
  }
}

/** Where something stands in its flow. Without the flow's graph, which may be removed by now, by numbers alone. */
function placeOf(spec: FlowSpec | undefined, { node, item }: Pick<EventRow, "node" | "item">) {
  const id = spec?.nodes[node]?.id;
  const task = id === undefined ? (node < 0 ? (spec?.name ?? "") : `#${node}`) : taskRunLabel(id, item);
  return { task, node, item: item as string };
}

/** A run with its flow as its version had it. */
export interface TaskRunOf {
  readonly run: Pick<RunRow, "trigger">;
  readonly spec: FlowSpec | undefined;
}

export function taskRunView({ run, spec }: TaskRunOf, row: TaskRunRow): TaskRunView {
  const place = placeOf(spec, row);
  return {
    ...place,
    hook: row.hook,
    state: row.state,
    tries: row.tries,
    crashes: row.crashes,
    readyAt: maybeInstant(row.readyAtMs),
    startedAt: maybeInstant(row.startedAtMs),
    endedAt: maybeInstant(row.endedAtMs),
    resumeAt: maybeInstant(row.resumeAtMs),
    waitsFor: row.waitsFor === null ? null : waitsForView(row.waitsFor),
    childRun: row.childRun,
    cached: row.cached,
    reusedFrom: row.reusedFrom,
    marked: row.hook === "" && row.reusedFrom === null ? markOf(run, place.task) : null,
    itemCount: row.itemCount,
    arm: row.arm,
    error: row.error,
  };
}

function markOf({ trigger }: TaskRunOf["run"], task: string): TaskRunView["marked"] {
  if (trigger.kind !== "rerun" || trigger.mark?.tasks.includes(task) !== true) return null;
  return { by: trigger.actor, reason: trigger.mark.reason };
}

function waitsForView(until: YieldUntil): NonNullable<TaskRunView["waitsFor"]> {
  switch (until.kind) {
    case "time":
      return { kind: "time", at: instant(until.resumeAtMs) };
    case "run":
      return { kind: "run", flow: until.flow };
    case "approval": {
      const { message, deadlineMs, onDeadline } = until;
      return { kind: "approval", message, deadline: maybeInstant(deadlineMs), onDeadline };
    }
  }
}

/** @param runtime knows where an attempt is that has not ended. */
export function attemptView(
  spec: FlowSpec | undefined,
  row: AttemptRow,
  runtime: Pick<Runtime, "placeOf">,
): AttemptView {
  const place = row.endedAtMs === null ? (runtime.placeOf(row.id) ?? row.place) : row.place;
  return {
    id: row.id,
    ...placeOf(spec, row),
    hook: row.hook,
    number: row.number,
    state: row.state,
    startedAt: instant(row.startedAtMs),
    endedAt: maybeInstant(row.endedAtMs),
    error: row.error,
    place,
  };
}

export function reportView(spec: FlowSpec | undefined, row: ReportRow): ReportView {
  return { ...placeOf(spec, row), attempt: row.attempt, at: instant(row.atMs), data: row.data };
}

/** Of a run that is forgotten, nothing is known but its id. */
export interface EventOf {
  readonly flow: string | null;
  readonly spec: FlowSpec | undefined;
}

export function eventView({ flow, spec }: EventOf, row: EventRow & { readonly seq: number }): EventView {
  return {
    seq: row.seq,
    run: row.run,
    flow,
    at: instant(row.atMs),
    type: row.type,
    task: row.node < 0 ? null : placeOf(spec, row).task,
    node: row.node < 0 ? null : row.node,
    item: row.item,
    attempt: row.attempt,
    data: row.data === null ? null : JSON.parse(row.data),
  };
}

/** @param clip longer texts and fields are cut to so many characters. */
export function logLineView(line: LogLine, number: number, clip?: number): RouteOutput<"followLog"> {
  const { t, level, source, text, data } = line;
  const view = { number, at: instant(t), level, source };
  const fields = data === undefined ? {} : { data };
  if (clip === undefined) return { ...view, text, ...fields };
  const fieldsLength = data === undefined ? 0 : (JSON.stringify(data)?.length ?? 0);
  if (text.length <= clip && fieldsLength <= clip) return { ...view, text, ...fields };
  const cut = Math.max(0, text.length - clip) + (fieldsLength > clip ? fieldsLength : 0);
  return { ...view, text: text.slice(0, clip), ...(fieldsLength > clip ? {} : fields), cut };
}
