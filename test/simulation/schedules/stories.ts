import { type StoryResult, tellStory } from "./schedule-story.ts";
import { confuseClocks, crashAtEachMinute } from "./schedule-troubles.ts";
import { CHANGES, minuteSchedules } from "./told-schedules.ts";

const HOUR_MS = 3_600_000;
/** Three days around a change, and where in them most of the changes are. */
const WHOLE_HOURS = 72;
const CHANGE_AT_HOUR = { forward: 49, back: 39.5 } as const;

export type Change = keyof typeof CHANGES;

export interface StoryChoice {
  readonly seed: number;
  readonly change: Change;
  /** Of the three days, so many hours around those in which clocks change. */
  readonly hours: number;
}

/** Schedules of every minute in five zones in which clocks change; the leader dies at each of those minutes. */
export function tellOfCrashes(choice: StoryChoice): Promise<StoryResult> {
  const { zones } = CHANGES[choice.change];
  // Another leads within seconds, so that nothing is missed, whatever the policy is.
  const kind = (["all", "newest", "none"] as const)[choice.seed % 3] ?? "all";
  const schedules = minuteSchedules(zones, { kind });
  return tellStory({ seed: choice.seed, ...spanOf(choice), servers: 2, schedules, troubles: crashAtEachMinute });
}

/** The same, with servers whose clocks are wrong, and are set by an hour. */
export function tellOfClocks(choice: StoryChoice): Promise<StoryResult> {
  const schedules = minuteSchedules(CHANGES[choice.change].zones, { kind: "all" });
  return tellStory({ seed: choice.seed, ...spanOf(choice), servers: 3, schedules, troubles: confuseClocks });
}

function spanOf({ change, hours }: StoryChoice): { readonly fromMs: number; readonly untilMs: number } {
  const beginHour = Math.max(0, Math.min(CHANGE_AT_HOUR[change] - hours / 2, WHOLE_HOURS - hours));
  const fromMs = CHANGES[change].fromMs + beginHour * HOUR_MS;
  return { fromMs, untilMs: fromMs + hours * HOUR_MS };
}
