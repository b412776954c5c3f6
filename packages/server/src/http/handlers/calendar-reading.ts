import { dayOfText, monthsAtFirst } from "../../calendar/civil-days.ts";
import { ExpectedWindows } from "../../calendar/expected-windows.ts";
import { flowCalendar } from "../../calendar/flow-calendar.ts";
import { flowDay } from "../../calendar/flow-day.ts";
import type { Handlers } from "../call.ts";
import { Refusal } from "../refusal.ts";
import { instant, maybeInstant, sliceView, windowView } from "../views/values.ts";
import { findFlow } from "./active-flows.ts";
import { partitionsNow } from "./flow-reading.ts";

const MOST_DAYS = 800;

/** How a flow went day by day. */
export const CALENDAR_READING: Handlers<"getFlowCalendar" | "getFlowDay"> = {
  async getFlowCalendar({ runtime, params, query }) {
    const { spec } = await findFlow(runtime, params.flow, undefined);
    const at = await partitionsNow(runtime.store, spec.partitions);
    const expected = new ExpectedWindows(spec, at);
    const first = monthsAtFirst(expected.days.at(at.nowMs), expected.newestDay);
    const from = query.from === undefined ? first.from : dayOfText(query.from);
    const to = query.to === undefined ? first.to : dayOfText(query.to);
    if (to < from || to - from >= MOST_DAYS) {
      throw new Refusal("INVALID_REQUEST", `query.to: it is not within ${MOST_DAYS} days of \`from\`.`);
    }
    return await flowCalendar(runtime.store, { spec, at, from, to });
  },

  async getFlowDay({ runtime, params }) {
    const { spec } = await findFlow(runtime, params.flow, undefined);
    const at = await partitionsNow(runtime.store, spec.partitions);
    const { runs, missing, plannedMs } = await flowDay(runtime.store, { spec, at, day: dayOfText(params.day) });
    return {
      day: params.day,
      runs: runs.map(({ id, state, window, slice, createdAtMs, endedAtMs }) => ({
        id,
        state,
        window: windowView(window),
        slice: slice === null ? null : sliceView(slice),
        createdAt: instant(createdAtMs),
        endedAt: maybeInstant(endedAtMs),
      })),
      missing: missing.map(({ key, window }) => ({ key, window: windowView(window) })),
      planned: plannedMs.map(instant),
    };
  },
};
