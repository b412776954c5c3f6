import { countOwed, type ScheduleSpec, scheduleFingerprint, type TickRow, type TriggerRow } from "@millrace/core";
import { describeSchedule, type Ticks, ticksOf } from "@millrace/core/time";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant, localInstant } from "../output/time-text.ts";
import { tickRecord } from "../trigger-view/trigger-text.ts";

/** A schedule of a flow, with what is kept of it. */
export interface ListedSchedule {
  readonly flow: string;
  readonly spec: ScheduleSpec;
  /** Undefined while no server has followed it. */
  readonly row: TriggerRow | undefined;
  readonly lastTick: TickRow | undefined;
}

/** Nobody wants to know more than that there are many. */
const COUNTED = 1_000;
const NONE: Ticks = {
  next: () => undefined,
  previous: () => undefined,
  windowOf: (ms) => ({ startMs: ms, endMs: ms }),
};

export function scheduleTable(schedules: readonly ListedSchedule[], nowMs: number, style: Style): string[] {
  const columns = ["FLOW", "SCHEDULE", "WHEN", "NEXT", "LAST", "STATE"].map((title) => ({ title }));
  const rows = schedules.map((each) => {
    const next = nextTick(each, nowMs);
    return [
      style.bold(each.flow),
      each.spec.name,
      describeSchedule(each.spec),
      next === null ? "" : localInstant(next),
      each.lastTick === undefined ? "" : `${localInstant(each.lastTick.atMs)} ${outcomeText(each.lastTick, style)}`,
      stateText(each, style),
    ];
  });
  return tableText(columns, rows, (text) => style.dim(text));
}

/** Null where the calendar does not tell, and where there is none any more. */
function nextTick({ spec }: ListedSchedule, nowMs: number): number | null {
  return ticksOf(spec)?.next(nowMs) ?? null;
}

function stateText(schedule: ListedSchedule, style: Style): string {
  const { row, spec } = schedule;
  if (row === undefined) return style.dim("not followed yet");
  const owed = owedOf(schedule);
  const many = owed === COUNTED ? `${COUNTED} or more` : String(owed);
  const waiting = owed === 0 ? "" : `, ${many} ${owed === 1 ? "tick" : "ticks"} owed`;
  if (row.paused !== null) {
    const why = row.paused.reason === null ? "" : `: ${row.paused.reason}`;
    return `${style.yellow("paused")} by ${row.paused.by}${why}${waiting}`;
  }
  const isNew = row.fingerprint !== scheduleFingerprint(spec);
  return `${isNew ? style.dim("changed, not followed yet") : "active"}${waiting}`;
}

function owedOf({ row }: ListedSchedule): number {
  if (row === undefined) return 0;
  const ticksFor = (former: ScheduleSpec | null): Ticks => {
    const schedule = former ?? row.schedule;
    return (schedule === null ? undefined : ticksOf(schedule)) ?? NONE;
  };
  return countOwed(row.owed, ticksFor, COUNTED);
}

export function scheduleRecord(schedule: ListedSchedule, nowMs: number): Readonly<Record<string, unknown>> {
  const { flow, spec, row, lastTick } = schedule;
  const { name, timing, timeZone, catchup } = spec;
  const next = nextTick(schedule, nowMs);
  const paused = row?.paused ?? null;
  return {
    type: "schedule",
    flow,
    schedule: name,
    timing,
    timeZone,
    catchup,
    says: describeSchedule(spec),
    next: next === null ? null : isoInstant(next),
    followed: row !== undefined,
    owed: owedOf(schedule),
    paused: paused === null ? null : { at: isoInstant(paused.atMs), by: paused.by, reason: paused.reason },
    last: lastTick === undefined ? null : tickRecord(lastTick),
  };
}

export function tickTable(ticks: readonly TickRow[], style: Style): string[] {
  const columns = ["TICK", "FLOW", "SCHEDULE", "OUTCOME", "DECIDED", "RUN", "REASON"].map((title) => ({ title }));
  const rows = ticks.map((tick) => [
    localInstant(tick.atMs),
    tick.flow,
    tick.trigger,
    outcomeText(tick, style),
    localInstant(tick.decidedAtMs),
    tick.run ?? "",
    (tick.reason ?? "").split("\n")[0] ?? "",
  ]);
  return tableText(columns, rows, (text) => style.dim(text));
}

function outcomeText({ outcome }: TickRow, style: Style): string {
  if (outcome === "run") return style.green(outcome);
  if (outcome === "failed") return style.red(outcome);
  return outcome === "skipped" ? style.yellow(outcome) : outcome;
}
