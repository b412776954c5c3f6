import { CountingDays } from "./calendar-days.ts";
import { DAY_MS, dayOf } from "./civil.ts";
import type { CalendarSpec } from "./schedule-spec.ts";
import type { TickSource } from "./ticks.ts";
import type { Zone } from "./zone.ts";

/** Ticks that name no time, such as every 168 hours, are taken to have no more on days that count after this long. */
const LONGEST_MS = 3_653 * DAY_MS;

/** Those of some ticks whose day, in a zone, counts. */
export function onCountingDaysOf(source: TickSource, calendar: CalendarSpec, zone: Zone): TickSource {
  const counting = new CountingDays(calendar);
  const startOf = (day: number): number => zone.toInstant(day * DAY_MS);
  return {
    after(ms) {
      let tick = source.after(ms);
      while (tick !== undefined && tick - ms <= LONGEST_MS) {
        const day = dayOf(zone.toLocal(tick));
        if (counting.counts(day)) return tick;
        const next = counting.atOrAfter(day + 1);
        tick = next === undefined ? undefined : source.after(Math.max(tick, startOf(next) - 1));
      }
      return undefined;
    },
    before(ms) {
      let tick = source.before(ms);
      while (tick !== undefined && ms - tick <= LONGEST_MS) {
        const day = dayOf(zone.toLocal(tick));
        if (counting.counts(day)) return tick;
        const previous = counting.atOrBefore(day - 1);
        tick = previous === undefined ? undefined : source.before(Math.min(tick, startOf(previous + 1)));
      }
      return undefined;
    },
  };
}
