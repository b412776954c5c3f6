import type { RouteOutput } from "@millrace/contract";
import { type FlowSpec, formatDuration, type ScheduleSpec, type TriggerRow, type TriggerSpec } from "@millrace/core";
import { describeSchedule, ticksOf } from "@millrace/core/time";
import type { Handlers } from "../call.ts";
import { tickView } from "../views/flow-views.ts";
import { instant, maybeInstant } from "../views/values.ts";
import { flowsOf } from "./active-flows.ts";
import { tickCursor, tickPlaceOf } from "./pages.ts";

type TriggerView = RouteOutput<"listTriggers">["items"][number];

/** What can be read of schedules, triggers and what became of them. */
export const TRIGGER_READING: Handlers<"listTriggers" | "listTicks"> = {
  async listTriggers({ runtime, query }) {
    const { triggers } = runtime.store;
    const { flows } = await flowsOf(runtime, undefined);
    const rows = await triggers.list();
    const specs = flows
      .filter(({ name }) => query.flow === undefined || query.flow === name)
      .flatMap((flow) => [...flow.schedules, ...flow.triggers].map((spec) => ({ flow, spec })));
    const ticks = query.flow === undefined ? await triggers.listNewestTicks() : [];
    const known = new Map(rows.filter(({ retired }) => !retired).map((row) => [nameOf(row.flow, row.name), row]));
    const newest = new Map(ticks.map((tick) => [nameOf(tick.flow, tick.trigger), tick]));
    const items = await Promise.all(
      specs.map(async ({ flow, spec }) => {
        const name = nameOf(flow.name, spec.name);
        // One flow has a few, and all flows' together are read at once.
        const ofOne = { flow: flow.name, trigger: spec.name, limit: 1 };
        const last = query.flow === undefined ? newest.get(name) : (await triggers.listTicks(ofOne))[0];
        return { ...triggerView(flow, spec, known.get(name)), last: last === undefined ? null : tickView(last) };
      }),
    );
    return { items, next: null };
  },

  async listTicks({ runtime, query: { limit, cursor, flow, trigger } }) {
    const found = await runtime.store.triggers.listTicks({
      limit: limit + 1,
      ...(flow === undefined ? {} : { flow }),
      ...(trigger === undefined ? {} : { trigger }),
      ...(cursor === undefined ? {} : { before: tickPlaceOf(cursor) }),
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(tickView),
      next: last === undefined || found.length <= limit ? null : tickCursor(last),
    };
  },
};

function nameOf(flow: string, trigger: string): string {
  return JSON.stringify([flow, trigger]);
}

function triggerView(
  flow: FlowSpec,
  spec: ScheduleSpec | TriggerSpec,
  row: TriggerRow | undefined,
): Omit<TriggerView, "last"> {
  const paused = row?.paused ?? null;
  const isSchedule = "timing" in spec;
  return {
    flow: flow.name,
    name: spec.name,
    kind: isSchedule ? "schedule" : spec.kind,
    text: isSchedule ? describeSchedule(spec) : sourceText(flow.name, spec),
    isFollowed: row !== undefined,
    paused: paused === null ? null : { at: instant(paused.atMs), by: paused.by, reason: paused.reason },
    nextTick: isSchedule && paused === null ? nextTick(spec) : null,
    waiting: row?.gathered.length ?? 0,
    failures: row?.failures ?? 0,
  };
}

function nextTick(spec: ScheduleSpec): string | null {
  return maybeInstant(ticksOf(spec)?.next(Date.now()) ?? null);
}

export function sourceText(flow: string, spec: TriggerSpec): string {
  switch (spec.kind) {
    case "webhook":
      return `POST /hooks/${flow}${spec.name === "webhook" ? "" : `/${spec.name}`}`;
    case "sensor":
      return `a sensor, every ${formatDuration(spec.everyMs)}`;
    case "file":
      return `files, every ${formatDuration(spec.everyMs)}`;
    case "flow_finished":
      return `${spec.flow} ${spec.states.join(" or ")}`;
  }
}
