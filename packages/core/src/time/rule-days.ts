import { DAY_MS, dayOf, type LocalMs } from "./civil.ts";
import { ListedTimes, LONGEST_PAUSE_DAYS, type NamedDays } from "./days.ts";
import { type DayRule, dayRuleOf } from "./recurrence-day-rule.ts";
import { type Periods, periodsOf } from "./recurrence-periods.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";
import { atPositions, type TimeRule, timeRuleOf } from "./recurrence-times.ts";

/** A reading as its day and its time. */
interface DayTime {
  readonly day: number;
  readonly time: number;
}

/** Periods are asked for again and again in the neighbourhood of one another. */
const PERIODS_KEPT = 8;

/** The days and times that one rule names, between its first and its last. */
export class RuleDays implements NamedDays {
  readonly #rule: RecurrenceRule;
  readonly #startMs: LocalMs;
  #lastMs: LocalMs;
  readonly #periods: Periods;
  readonly #isNamed: DayRule;
  readonly #timesOf: TimeRule;
  /** Of a rule by hours or less the interval counts those, and each day is looked at. */
  readonly #interval: number;
  readonly #kept = new Map<number, ReadonlyMap<number, ListedTimes>>();

  /** @param lastMs no reading after this one counts. */
  constructor(rule: RecurrenceRule, startMs: LocalMs, lastMs: LocalMs) {
    const isByDay = /^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/.test(rule.frequency);
    this.#rule = rule;
    this.#startMs = startMs;
    this.#lastMs = lastMs;
    this.#periods = periodsOf(rule);
    this.#isNamed = dayRuleOf(rule, dayOf(startMs));
    this.#timesOf = timeRuleOf(rule, startMs);
    this.#interval = isByDay ? rule.interval : 1;
    if (rule.count !== null) this.#lastMs = this.#countedLast(rule.count);
  }

  atOrAfter(day: number): number | undefined {
    const from = Math.max(day, dayOf(this.#startMs));
    const until = Math.min(dayOf(this.#lastMs), from + LONGEST_PAUSE_DAYS);
    const anchor = this.#periods.indexOf(dayOf(this.#startMs));
    const steps = Math.ceil((this.#periods.indexOf(from) - anchor) / this.#interval);
    for (let index = anchor + steps * this.#interval; ; index += this.#interval) {
      if (this.#periods.firstDay(index) > until) return undefined;
      for (const named of this.#period(index).keys()) if (named >= from) return named;
    }
  }

  atOrBefore(day: number): number | undefined {
    const from = Math.min(day, dayOf(this.#lastMs));
    const anchor = this.#periods.indexOf(dayOf(this.#startMs));
    const steps = Math.floor((this.#periods.indexOf(from) - anchor) / this.#interval);
    for (let index = anchor + steps * this.#interval; index >= anchor; index -= this.#interval) {
      const named = [...this.#period(index).keys()].findLast((each) => each <= from);
      if (named !== undefined) return named;
    }
    return undefined;
  }

  times(day: number): ListedTimes {
    return this.#period(this.#periods.indexOf(day)).get(day) as ListedTimes;
  }

  /** What is named in one period, by day, in order. */
  #period(index: number): ReadonlyMap<number, ListedTimes> {
    const known = this.#kept.get(index);
    if (known !== undefined) return known;
    const named = new Map<number, ListedTimes>();
    for (const [day, times] of this.#dayTimes(index)) named.set(day, new ListedTimes(times));
    if (this.#kept.size >= PERIODS_KEPT) this.#kept.clear();
    this.#kept.set(index, named);
    return named;
  }

  #dayTimes(index: number): ReadonlyMap<number, number[]> {
    const all: DayTime[] = [];
    for (let day = this.#periods.firstDay(index); day < this.#periods.firstDay(index + 1); day += 1) {
      if (this.#isNamed(day)) for (const time of this.#timesOf(day)) all.push({ day, time });
    }
    const { bySetPosition, frequency } = this.#rule;
    const isChosen = bySetPosition === null || /^(?:HOURLY|MINUTELY|SECONDLY)$/.test(frequency);
    const byDay = new Map<number, number[]>();
    for (const { day, time } of isChosen ? all : atPositions(all, bySetPosition)) {
      const reading = day * DAY_MS + time;
      if (reading < this.#startMs || reading > this.#lastMs) continue;
      const times = byDay.get(day);
      if (times === undefined) byDay.set(day, [time]);
      else times.push(time);
    }
    return byDay;
  }

  /** The reading at which a rule that ends by its count has its last tick. */
  #countedLast(count: number): LocalMs {
    let left = count;
    let last = Number.NEGATIVE_INFINITY;
    let day = this.atOrAfter(dayOf(this.#startMs));
    while (day !== undefined) {
      const { list } = this.times(day);
      last = day * DAY_MS + (list[Math.min(left, list.length) - 1] as number);
      left -= list.length;
      if (left <= 0) break;
      day = this.atOrAfter(day + 1);
    }
    this.#kept.clear();
    return last;
  }
}
