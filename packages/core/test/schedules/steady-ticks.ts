import { type Ticks, ticksOf } from "@millrace/core/time";

export const HOUR = 3_600_000;

/** A tick at each full hour since 1970, until before `endMs`. */
export function hourly(endMs: number | null = null): Ticks {
  const ticks = ticksOf({
    name: "hourly",
    timing: { kind: "every", amount: HOUR, unit: "ms", anchorMs: 0 },
    timeZone: "UTC",
    calendar: null,
    params: null,
    catchup: { kind: "all" },
    catchupOrder: "oldest",
    startMs: 0,
    endMs,
    place: null,
  });
  if (ticks === undefined) throw new Error("every() has ticks");
  return ticks;
}
