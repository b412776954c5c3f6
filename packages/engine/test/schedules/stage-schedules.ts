import type { FlowPolicies, FlowSpec, RunRow, ScheduleSpec, TickRow, TriggerRow } from "@millrace/core";
import { yieldUntil } from "../stage/calls.ts";
import { flowOf } from "../stage/sketch.ts";
import { openStage, type Stage, type StageSetup } from "../stage/stage.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Where the stage's clock begins. */
export const START = Date.UTC(2026, 0, 1);

/** Every hour, in UTC, unless changed. */
function schedule(changed: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return {
    name: "default",
    timing: { kind: "cron", expression: "0 * * * *" },
    timeZone: "UTC",
    calendar: null,
    params: null,
    catchup: { kind: "newest" },
    catchupOrder: "oldest",
    startMs: null,
    endMs: null,
    place: null,
    ...changed,
  };
}

export interface ScheduledFlow {
  readonly schedules?: readonly Partial<ScheduleSpec>[];
  readonly policies?: Partial<FlowPolicies>;
  readonly partitions?: FlowSpec["partitions"];
  readonly name?: string;
}

/** A flow of one task. */
export function scheduled(flow: ScheduledFlow): FlowSpec {
  const { schedules = [{}], policies = {}, partitions = null, name = "flow" } = flow;
  return flowOf(name, (sketch) => sketch.task("load"), {
    schedules: schedules.map(schedule),
    policies,
    partitions,
  });
}

export async function openScheduled(flow: ScheduledFlow, setup: Partial<StageSetup> = {}): Promise<Stage> {
  const stage = await openStage({ flows: [scheduled(flow)], schedules: true, ...setup });
  await stage.quiet();
  return stage;
}

/** Time passes, and everything happens that happens in it. */
export async function pass(stage: Stage, ms: number): Promise<void> {
  let isOver = false;
  stage.clock.after(ms, () => {
    isOver = true;
  });
  await stage.quiet();
  while (!isOver) {
    stage.clock.advanceToNext();
    await stage.quiet();
  }
  // What is due at the last instant too.
  for (let more = 0; more < 10; more += 1) {
    stage.clock.advanceBy(0);
    await stage.quiet();
  }
}

/** The server is off for a time. */
export async function offFor(stage: Stage, ms: number): Promise<void> {
  await stage.engine.stop();
  stage.clock.advanceBy(ms);
  await stage.takeOver("gone");
  await stage.quiet();
}

/** A task that takes so long, and holds no worker. */
export function takes(stage: () => Stage, ms: number): { load: (call: { resumed: unknown }) => unknown } {
  return { load: ({ resumed }) => (resumed === null ? yieldUntil(stage().clock.now() + ms) : "done") };
}

/** The oldest first. */
export async function runsOf(stage: Stage, flow = "flow"): Promise<readonly RunRow[]> {
  return [...(await stage.place.store.history.listRuns({ flow, limit: 10_000 }))].reverse();
}

/** For which ticks runs were made, in the order in which they were made: `01T05:00`. */
export async function ticksOf(stage: Stage, flow = "flow"): Promise<readonly string[]> {
  return (await runsOf(stage, flow)).map(({ scheduledAtMs }) => at(scheduledAtMs));
}

export function at(ms: number | null): string {
  return ms === null ? "none" : new Date(ms).toISOString().slice(8, 16);
}

/** What became of ticks, the oldest first. */
export async function decided(stage: Stage, flow = "flow"): Promise<readonly TickRow[]> {
  return [...(await stage.place.store.triggers.listTicks({ flow, limit: 10_000 }))].reverse();
}

/** In short: `01T05:00 run`, `01T06:00 skipped: why`. */
export async function outcomes(stage: Stage, flow = "flow"): Promise<readonly string[]> {
  return (await decided(stage, flow)).map(
    ({ atMs, outcome, reason }) => `${at(atMs)} ${outcome}${reason === null ? "" : `: ${reason}`}`,
  );
}

export async function rowOf(stage: Stage, flow = "flow", name = "default"): Promise<TriggerRow> {
  const rows = await stage.place.store.triggers.list();
  const row = rows.find((one) => one.flow === flow && one.name === name);
  if (row === undefined) throw new Error(`no row of ${flow}/${name}`);
  return row;
}
