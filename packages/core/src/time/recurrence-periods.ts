import { civilDay, dayNumber } from "./civil.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";

/** The stretches of days that a rule counts its interval in, by their numbers: years, months, weeks or days. */
export interface Periods {
  indexOf(day: number): number;
  firstDay(index: number): number;
}

export function periodsOf({ frequency, weekStart }: RecurrenceRule): Periods {
  switch (frequency) {
    case "YEARLY":
      return { indexOf: (day) => civilDay(day).year, firstDay: (year) => dayNumber(year, 1, 1) };
    case "MONTHLY":
      return {
        indexOf: (day) => {
          const { year, month } = civilDay(day);
          return year * 12 + month - 1;
        },
        firstDay: (index) => dayNumber(Math.floor(index / 12), index - Math.floor(index / 12) * 12 + 1, 1),
      };
    case "WEEKLY": {
      // Day 0 was a Thursday: Mondays are three days before multiples of seven.
      const shift = weekStart - 1 - 3;
      return { indexOf: (day) => Math.floor((day - shift) / 7), firstDay: (index) => index * 7 + shift };
    }
    case "DAILY":
    case "HOURLY":
    case "MINUTELY":
    case "SECONDLY":
      return { indexOf: (day) => day, firstDay: (index) => index };
  }
}
