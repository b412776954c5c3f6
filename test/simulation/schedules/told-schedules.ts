import type { CatchupPolicy, ScheduleSpec } from "@millrace/core";
import type { ToldSchedule } from "./schedule-story.ts";
import type { WallPattern } from "./wall-clock.ts";

/** Every minute, by real time and by the clock on the wall, and the hours in which clocks change. */
const PATTERNS: readonly { readonly name: string; readonly cron: string; readonly pattern: WallPattern }[] = [
  { name: "real", cron: "* * * * *", pattern: { steps: true, isNamed: () => true } },
  { name: "wall", cron: "* 0-23 * * *", pattern: { steps: false, isNamed: () => true } },
  {
    name: "night",
    cron: "30 0-3 * * *",
    pattern: { steps: false, isNamed: ({ hour, minute }) => hour <= 3 && minute === 30 },
  },
];

/** Three days in which clocks change in five zones. */
export const CHANGES = {
  forward: {
    fromMs: Date.UTC(2026, 2, 27),
    zones: ["Europe/Zurich", "Asia/Jerusalem", "Asia/Beirut", "America/Nuuk", "Atlantic/Azores"],
  },
  back: {
    fromMs: Date.UTC(2026, 3, 3),
    zones: ["Australia/Lord_Howe", "Australia/Melbourne", "Pacific/Auckland", "America/Santiago", "Pacific/Norfolk"],
  },
} as const;

export function minuteSchedules(zones: readonly string[], catchup: CatchupPolicy): readonly ToldSchedule[] {
  return zones.flatMap((timeZone) =>
    PATTERNS.map(({ name, cron, pattern }) => ({
      flow: timeZone.toLowerCase().replaceAll(/[^a-z]+/g, "-"),
      schedule: scheduleOf(name, cron, { timeZone, catchup }),
      pattern,
    })),
  );
}

export function scheduleOf(
  name: string,
  expression: string,
  { timeZone, catchup }: Pick<ScheduleSpec, "timeZone" | "catchup">,
): ScheduleSpec {
  return {
    name,
    timing: { kind: "cron", expression },
    timeZone,
    calendar: null,
    params: null,
    catchup,
    catchupOrder: "oldest",
    startMs: null,
    endMs: null,
    place: null,
  };
}
