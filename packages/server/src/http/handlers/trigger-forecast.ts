import type { RouteOutput } from "@millrace/contract";
import {
  catchUp,
  countOwed,
  describeCatchup,
  didYouMean,
  type FlowSpec,
  isMillraceError,
  MillraceError,
  type ScheduleSpec,
  type TriggerRow,
  type TriggerSpec,
} from "@millrace/core";
import {
  describeSchedule,
  type ForecastTick,
  forecastTicks,
  type Ticks,
  ticksBetween,
  ticksOf,
  zoneOf,
} from "@millrace/core/time";
import type { Handlers } from "../call.ts";
import { instant, jsonOf, maybeInstant, windowView } from "../views/values.ts";
import { findFlow } from "./active-flows.ts";
import { sourceText } from "./trigger-reading.ts";

type Forecast = RouteOutput<"forecastTrigger">;

/** Nobody reads larger numbers. */
const MOST_MISSED = 1_000;

/** What schedules and triggers would do: nothing of it is done. */
export const TRIGGER_FORECAST: Handlers<"forecastTrigger" | "tryTrigger"> = {
  async forecastTrigger({ runtime, params, query }) {
    const { version, spec: flow } = await findFlow(runtime, params.flow, undefined);
    const spec = findSpec(flow, params.trigger);
    const rows = await runtime.store.triggers.list();
    const row = rows.find((each) => each.flow === flow.name && each.name === spec.name && !each.retired);
    const nowMs = Date.now();
    const why = whyNone(flow, { spec, row, nowMs });
    const place = spec.place === null ? null : { file: spec.place.file, line: spec.place.line };
    if (!("timing" in spec)) return { ...OF_EVENTS, text: sourceText(flow.name, spec), place, why };
    const asIf = query.timeZone === undefined ? spec : { ...spec, timeZone: checkedZone(query.timeZone) };
    const asked = { fromMs: query.from === undefined ? nowMs : Date.parse(query.from), count: query.count };
    const custom = { version, flow: flow.name, schedule: spec.name, ...asked };
    const ticks = spec.timing.kind === "custom" ? await runtime.customTicks(custom) : forecastTicks(asIf, asked);
    return {
      text: describeSchedule(asIf),
      timeZone: asIf.timeZone,
      place,
      params: spec.params === null ? null : jsonOf(spec.params),
      catchup: describeCatchup(spec.catchup),
      ticks: ticks?.map(tickView) ?? null,
      why,
      missed: row === undefined || row.paused === null ? null : missedBy(spec, row, nowMs),
    };
  },

  async tryTrigger({ runtime, params, body }) {
    const { version, spec: flow } = await findFlow(runtime, params.flow, undefined);
    const spec = findSpec(flow, params.trigger);
    if ("timing" in spec) {
      throw new MillraceError("USAGE", `"${spec.name}" of ${flow.name} is a schedule: it has no events to try.`);
    }
    const tried = await runtime.tryTrigger({ version, flow: flow.name, spec, payload: body.payload });
    const events = tried.events.map((event) => ({
      ...event,
      payload: jsonOf(event.payload),
      params: event.params === null ? null : jsonOf(event.params),
    }));
    return { ...tried, cursor: tried.cursor === null ? null : jsonOf(tried.cursor), events };
  },
};

/** @throws MillraceError `USAGE`: it is asked for, and no option of an author. */
function checkedZone(name: string): string {
  try {
    return zoneOf(name).name;
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    throw new MillraceError("USAGE", error.message, error.hint === null ? {} : { hint: error.hint });
  }
}

const OF_EVENTS = { timeZone: null, params: null, catchup: null, ticks: null, missed: null } as const;

function findSpec(flow: FlowSpec, name: string): ScheduleSpec | TriggerSpec {
  const all = [...flow.schedules, ...flow.triggers];
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new MillraceError("UNKNOWN_TRIGGER", `The flow "${flow.name}" has no schedule or trigger "${name}".`, {
    hint: didYouMean(
      name,
      all.map((each) => each.name),
      "schedules and triggers",
    ),
  });
}

function tickView({ atMs, window, notes }: ForecastTick): NonNullable<Forecast["ticks"]>[number] {
  return { at: instant(atMs), window: window === null ? null : windowView(window), notes: [...notes] };
}

interface Asked {
  readonly spec: ScheduleSpec | TriggerSpec;
  readonly row: TriggerRow | undefined;
  readonly nowMs: number;
}

/** Why nothing is made of it now, in a sentence. */
function whyNone({ name, policies }: FlowSpec, { spec, row, nowMs }: Asked): string | null {
  if (row === undefined) return "No server has taken it up yet: `millrace server` follows schedules and triggers.";
  const { paused } = row;
  if (paused !== null) return `It was paused by ${paused.by}${paused.reason === null ? "." : `: ${paused.reason}`}`;
  if (!("timing" in spec)) return null;
  if (spec.endMs !== null && spec.endMs <= nowMs) return `Its end has passed: ${instant(spec.endMs)}.`;
  if (spec.startMs !== null && spec.startMs > nowMs) return `It begins at ${instant(spec.startMs)}.`;
  if (row.owed.length === 0) return null;
  const most = policies.maxActiveRuns;
  return `Ticks wait until runs of ${name} end: ${most === 1 ? "1 run" : `${most} runs`} of its schedules at once.`;
}

/** What resuming it now would make up for. */
function missedBy(spec: ScheduleSpec, row: TriggerRow, nowMs: number): Forecast["missed"] {
  const ticks = ticksOf(spec);
  if (ticks === undefined || row.cursorMs === null) return null;
  const gap = { afterMs: row.cursorMs, untilMs: nowMs };
  const { owed } = catchUp(ticks, gap, spec);
  const all = [...row.owed, ...(owed === null ? [] : [owed])];
  const ticksFor = (schedule: ScheduleSpec | null): Ticks => (schedule === null ? ticks : (ticksOf(schedule) ?? ticks));
  const count = countBetween(ticks, gap.afterMs, nowMs) + countOwed(row.owed, ticksFor, MOST_MISSED);
  const starts = all.map(({ afterMs }) => ticks.next(afterMs)).filter((each) => each !== undefined);
  return {
    count: Math.min(count, MOST_MISSED),
    makes: countOwed(all, ticksFor, MOST_MISSED),
    first: maybeInstant(starts.length === 0 ? null : Math.min(...starts)),
    last: maybeInstant(all.length === 0 ? null : Math.max(...all.map(({ untilMs }) => untilMs))),
  };
}

function countBetween(ticks: Ticks, fromMs: number, toMs: number): number {
  let count = 0;
  for (const _ of ticksBetween(ticks, fromMs, toMs)) {
    count += 1;
    if (count >= MOST_MISSED) break;
  }
  return count;
}
