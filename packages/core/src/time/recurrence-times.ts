import { DAY_MS, type LocalMs } from "./civil.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";

/** The times of day that a rule names on a day that it names, in order; of a rule that is not `DAILY` or slower by day. */
export type TimeRule = (day: number) => readonly number[];

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** @param startMs from which the rule takes what it does not say itself, and counts its interval. */
export function timeRuleOf(rule: RecurrenceRule, startMs: LocalMs): TimeRule {
  const time = startMs - Math.floor(startMs / DAY_MS) * DAY_MS;
  const hours = sorted(rule.byHour) ?? [Math.floor(time / HOUR_MS)];
  const minutes = sorted(rule.byMinute) ?? [Math.floor((time % HOUR_MS) / MINUTE_MS)];
  const seconds = sorted(rule.bySecond) ?? [Math.floor((time % MINUTE_MS) / SECOND_MS)];
  const within = {
    HOURLY: product(minutes, seconds),
    MINUTELY: seconds.map((each) => each * SECOND_MS),
    SECONDLY: [0],
  };
  switch (rule.frequency) {
    case "HOURLY":
      return steps(rule, { startMs, stepMs: HOUR_MS, within: within.HOURLY });
    case "MINUTELY":
      return steps(rule, { startMs, stepMs: MINUTE_MS, within: within.MINUTELY });
    case "SECONDLY":
      return steps(rule, { startMs, stepMs: SECOND_MS, within: within.SECONDLY });
    case "DAILY":
    case "WEEKLY":
    case "MONTHLY":
    case "YEARLY": {
      const times = hours.flatMap((hour) => within.HOURLY.map((each) => hour * HOUR_MS + each));
      return () => times;
    }
  }
}

interface Step {
  readonly startMs: LocalMs;
  readonly stepMs: number;
  /** The times within each step, from its beginning. */
  readonly within: readonly number[];
}

/** Every so many hours, minutes or seconds, as far as the other parts let them be. */
function steps(rule: RecurrenceRule, { startMs, stepMs, within }: Step): TimeRule {
  const everyMs = rule.interval * stepMs;
  const chosen = rule.bySetPosition === null ? within : atPositions(within, rule.bySetPosition);
  const firstMs = Math.floor(startMs / stepMs) * stepMs;
  return (day) => {
    const times: number[] = [];
    const dayMs = day * DAY_MS;
    for (let at = firstMs + Math.ceil((dayMs - firstMs) / everyMs) * everyMs - dayMs; at < DAY_MS; at += everyMs) {
      if (isNamed(rule, at)) times.push(...chosen.map((each) => at + each));
    }
    return times;
  };
}

/** What a step begins with is named; the smaller parts are in `within`. */
function isNamed({ frequency, byHour, byMinute, bySecond }: RecurrenceRule, at: number): boolean {
  return (
    (byHour?.includes(Math.floor(at / HOUR_MS)) ?? true) &&
    (frequency === "HOURLY" || (byMinute?.includes(Math.floor((at % HOUR_MS) / MINUTE_MS)) ?? true)) &&
    (frequency !== "SECONDLY" || (bySecond?.includes((at % MINUTE_MS) / SECOND_MS) ?? true))
  );
}

/** Those at the places of a list, which count from 1, or with negative numbers from the end; in order, each once. */
export function atPositions<Value>(values: readonly Value[], positions: readonly number[]): readonly Value[] {
  return values.filter((_, index) => positions.includes(index + 1) || positions.includes(index - values.length));
}

function product(minutes: readonly number[], seconds: readonly number[]): readonly number[] {
  return minutes.flatMap((minute) => seconds.map((second) => minute * MINUTE_MS + second * SECOND_MS));
}

function sorted(numbers: readonly number[] | null): readonly number[] | null {
  return numbers === null ? null : [...new Set(numbers)].sort((a, b) => a - b);
}
