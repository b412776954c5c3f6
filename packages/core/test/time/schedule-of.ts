import type { ScheduleSpec, ScheduleTiming } from "@millrace/core";

/** A schedule as an author's options would have become, with what a test says otherwise. */
export function scheduleOf(timing: ScheduleTiming, options: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return {
    name: "default",
    timing,
    timeZone: "UTC",
    calendar: null,
    params: null,
    catchup: { kind: "newest" },
    catchupOrder: "oldest",
    startMs: null,
    endMs: null,
    place: null,
    ...options,
  };
}

export const instant = (text: string): number => Date.parse(text);
export const text = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");
