import type { Cron } from "./cron.ts";
import type { DayOfMonthRule, WeekdayRule } from "./cron-day-fields.ts";
import { counted, listed, monthName, numbersInWords, ordinal, timeInWords, weekdayName } from "./words.ts";

/** More times of a day than this are said by their hours and minutes. */
const MOST_TIMES = 6;
const ALL_HOURS = 24;

/** What a cron means, in English: `Monday to Friday at 06:00`. */
export function describeCron(cron: Cron): string {
  const { hours, months } = cron;
  const days = daysInWords(cron);
  const ofMonths = months.length === 12 ? "" : ` in ${numbersInWords(months, monthName)}`;
  if (hours.length < ALL_HOURS) return `${days ?? "every day"}${ofMonths} ${timesInWords(cron)}`;
  const when = `${days ?? ""}${ofMonths}`.trim();
  return when === "" ? withinHours(cron) : `${withinHours(cron)}, ${when}`;
}

function timesInWords(cron: Cron): string {
  const { seconds, minutes, hours } = cron;
  if (hours.length * minutes.length * seconds.length > MOST_TIMES) {
    return `${withinHours(cron)} during hours ${numbersInWords(hours, String)}`;
  }
  const times = hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => timeInWords((hour * 60 + minute) * 60_000 + second * 1_000))),
  );
  return `at ${listed(times)}`;
}

/** What happens in each hour. */
function withinHours({ seconds, minutes }: Cron): string {
  const minute = stepOf(minutes);
  const second = stepOf(seconds);
  if (minute === 1 && second !== undefined) return `every ${second === 60 ? "minute" : counted(second, "second")}`;
  const often = minute === undefined || minute === 60 ? "every hour" : `every ${counted(minute, "minute")}`;
  const at = [
    ...(minute === undefined ? [`minute ${numbersInWords(minutes, String)}`] : []),
    ...(second === 60 ? [] : [`second ${numbersInWords(seconds, String)}`]),
  ];
  return at.length === 0 ? often : `${often} at ${at.join(", ")}`;
}

/** The step of numbers that go evenly from 0 through sixty; undefined where they do not. */
function stepOf(numbers: readonly number[]): number | undefined {
  const step = 60 / numbers.length;
  return numbers.every((number, index) => number === index * step) ? step : undefined;
}

function daysInWords({ daysOfMonth, weekdays }: Cron): string | undefined {
  const ofMonth = daysOfMonth === null ? [] : [`on ${listed(daysOfMonth.map(dayOfMonthInWords))} of the month`];
  const ofWeek = weekdays === null ? [] : [listed(weekdays.map(weekdayInWords))];
  const both = [...ofMonth, ...ofWeek];
  return both.length === 0 ? undefined : both.join(" and on ");
}

function dayOfMonthInWords(rule: DayOfMonthRule): string {
  switch (rule.kind) {
    case "days":
      return `the ${numbersInWords(rule.days, ordinal)}`;
    case "last":
      return rule.before === 0 ? "the last day" : `the ${ordinal(rule.before + 1)} last day`;
    case "last_working":
      return "the last weekday";
    case "nearest_working":
      return `the weekday nearest the ${ordinal(rule.day)}`;
  }
}

function weekdayInWords(rule: WeekdayRule): string {
  switch (rule.kind) {
    case "weekdays":
      return numbersInWords(rule.weekdays, weekdayName);
    case "nth":
      return `the ${ordinal(rule.nth)} ${weekdayName(rule.weekday)} of the month`;
    case "last":
      return `the last ${weekdayName(rule.weekday)} of the month`;
  }
}
