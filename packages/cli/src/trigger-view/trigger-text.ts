import { formatDuration, type GatherPolicy, type TickRow, type TriggerRow, type TriggerSpec } from "@millrace/core";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant, localInstant } from "../output/time-text.ts";

/** A trigger of the active version, with what is kept of it. */
export interface ListedTrigger {
  readonly flow: string;
  readonly spec: TriggerSpec;
  /** Undefined while no server has looked at it. */
  readonly row: TriggerRow | undefined;
  readonly lastTick: TickRow | undefined;
}

export function triggerTable(triggers: readonly ListedTrigger[], style: Style): string[] {
  const columns = ["flow", "trigger", "waits for", "state", "last"].map((title) => ({ title }));
  const rows = triggers.map((each) => [
    each.flow,
    each.spec.name,
    `${sourceText(each)}${gatherText(each.spec.gather)}`,
    stateText(each, style),
    each.lastTick === undefined ? "" : `${localInstant(each.lastTick.atMs)} ${outcomeText(each.lastTick, style)}`,
  ]);
  return tableText(columns, rows, (text) => style.dim(text));
}

/** What it waits for, in words. */
function sourceText({ flow, spec }: ListedTrigger): string {
  switch (spec.kind) {
    case "webhook":
      return `POST /hooks/${flow}${spec.name === "webhook" ? "" : `/${spec.name}`}${spec.secretVariable === null ? " (unsigned)" : ""}`;
    case "sensor":
      return `a sensor, every ${formatDuration(spec.everyMs)}`;
    case "file":
      return `files, every ${formatDuration(spec.everyMs)}`;
    case "flow_finished":
      return `${spec.flow} ${spec.states.join(" or ")}`;
  }
}

function gatherText(gather: GatherPolicy | null): string {
  switch (gather?.kind) {
    case "debounce":
      return `, once quiet for ${formatDuration(gather.quietMs)}`;
    case "batch":
      return `, ${gather.max} at once or after ${formatDuration(gather.withinMs)}`;
    case "throttle":
      return `, at most ${gather.limit} in ${formatDuration(gather.perMs)}`;
    case undefined:
      return "";
  }
}

function stateText({ row }: ListedTrigger, style: Style): string {
  if (row === undefined || row.retired) return style.dim("not followed yet");
  const waiting = row.gathered.length === 0 ? "" : `, ${countText(row.gathered.length, "event")} waiting`;
  if (row.paused !== null) {
    const why = row.paused.reason === null ? "" : `: ${row.paused.reason}`;
    return `${style.yellow("paused")} by ${row.paused.by}${why}${waiting}`;
  }
  if (row.failures > 0) return `${style.red("failing")}, ${countText(row.failures, "time")} in a row${waiting}`;
  return `active${waiting}`;
}

function outcomeText({ outcome }: TickRow, style: Style): string {
  if (outcome === "run") return style.green(outcome);
  if (outcome === "failed") return style.red(outcome);
  return outcome === "skipped" ? style.yellow(outcome) : outcome;
}

export function triggerRecord({ flow, spec, row, lastTick }: ListedTrigger): Readonly<Record<string, unknown>> {
  const { place: _place, name: _name, ...rest } = spec;
  const paused = row?.paused ?? null;
  return {
    type: "trigger",
    ...rest,
    flow,
    trigger: spec.name,
    ...(spec.kind === "flow_finished" ? { afterFlow: spec.flow } : {}),
    paused: paused === null ? null : { ...paused, atMs: undefined, at: isoInstant(paused.atMs) },
    waiting: row?.gathered.length ?? 0,
    failures: row?.failures ?? 0,
    last: lastTick === undefined ? null : tickRecord(lastTick),
  };
}

export function tickTable(ticks: readonly TickRow[], style: Style): string[] {
  const columns = ["at", "flow", "trigger", "key", "outcome", "run", "reason"].map((title) => ({ title }));
  const rows = ticks.map((tick) => [
    localInstant(tick.atMs),
    tick.flow,
    tick.trigger,
    shortKey(tick.key),
    outcomeText(tick, style),
    tick.run ?? "",
    (tick.reason ?? "").replaceAll(/\s*\n\s*/g, " "),
  ]);
  return tableText(columns, rows, (text) => style.dim(text));
}

const SHOWN_KEY = 40;

function shortKey(key: string): string {
  return key.length <= SHOWN_KEY ? key : `${key.slice(0, SHOWN_KEY - 1)}…`;
}

export function tickRecord(tick: TickRow): Readonly<Record<string, unknown>> {
  const { flow, trigger, atMs, key, outcome, run, reason, log, decidedAtMs } = tick;
  const at = isoInstant(atMs);
  return { type: "tick", flow, trigger, at, key, outcome, run, reason, log, decidedAt: isoInstant(decidedAtMs) };
}
