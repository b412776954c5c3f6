import type { RunEvent } from "@millrace/client";
import {
  type AttemptRow,
  type EventRow,
  encode,
  type ItemPath,
  type RunRow,
  type RunTrigger,
  type TaskRunRow,
} from "@millrace/core";
import type { LogLine } from "@millrace/server";
import type { FlowShape } from "../run-view/flow-shape.ts";
import type { AttemptAnswer, FlowAnswer, LogLineAnswer, RunAnswer, TaskRunAnswer } from "./answers.ts";

/** A run as a server tells it. Keys that are nobody's business but the engine's are left empty. */
export function runRow(run: RunAnswer): RunRow {
  const { createdAt, startedAt, endedAt, scheduledAt, window, params, trigger, ...same } = run;
  return {
    ...(same as unknown as RunRow),
    params: encode(params, "parameters"),
    window: { startMs: Date.parse(window.start), endMs: Date.parse(window.end) },
    trigger: triggerOf(trigger),
    scheduledAtMs: msOf(scheduledAt),
    createdAtMs: Date.parse(createdAt),
    startedAtMs: msOf(startedAt),
    endedAtMs: msOf(endedAt),
    idempotencyKey: null,
    concurrencyKey: null,
    taskKeys: null,
  };
}

function triggerOf(trigger: RunAnswer["trigger"]): RunTrigger {
  if (trigger.kind !== "schedule") return trigger as RunTrigger;
  return { kind: "schedule", schedule: trigger.schedule, atMs: Date.parse(trigger.at) };
}

export function taskRunRow(run: string, row: TaskRunAnswer): TaskRunRow {
  const { readyAt, startedAt, endedAt, resumeAt, waitsFor: _, task: _task, ...same } = row;
  return {
    ...(same as unknown as TaskRunRow),
    run: run as RunRow["id"],
    readyAtMs: msOf(readyAt),
    startedAtMs: msOf(startedAt),
    endedAtMs: msOf(endedAt),
    resumeAtMs: msOf(resumeAt),
    waitsFor: null,
    resumes: 0,
    carry: null,
  };
}

export function attemptRow(run: string, row: AttemptAnswer): AttemptRow {
  const { startedAt, endedAt, task: _, ...same } = row;
  return {
    ...(same as unknown as AttemptRow),
    run: run as RunRow["id"],
    startedAtMs: Date.parse(startedAt),
    endedAtMs: msOf(endedAt),
  };
}

/** @param shape of the flow: an event names its task, and the views count by its place in the graph. */
export function eventRow(shape: FlowShape, { run, at, type, task, item, attempt, data }: RunEvent): EventRow {
  return {
    run: run as RunRow["id"],
    atMs: Date.parse(at),
    type,
    node: task === null ? -1 : nodeOf(shape, task),
    item: item as ItemPath,
    attempt: attempt as EventRow["attempt"],
    data: data === null || data === undefined ? null : JSON.stringify(data),
  };
}

/** `airport[3]/load` is an item of `airport[]/load`. */
function nodeOf({ nodes }: FlowShape, task: string): number {
  const id = task.replace(/\[\d+\]/g, "[]");
  return nodes.findIndex((node) => node.id === id);
}

export function flowShape({ name, nodes }: FlowAnswer): FlowShape {
  const index = new Map(nodes.map(({ id }, place) => [id, place]));
  return {
    name,
    nodes: nodes.map(({ id, kind, map, arm }) => ({
      id,
      kind,
      map: map === null ? null : (index.get(map) ?? null),
      arm: arm === null ? null : { branch: index.get(arm.branch) ?? -1, name: arm.name },
    })),
  };
}

export function logLine({ at, level, source, text, data }: LogLineAnswer): LogLine {
  return { t: Date.parse(at), level, source, text, ...(data === undefined ? {} : { data }) };
}

function msOf(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}
