import type { Zone } from "@millrace/core/time";

const DAY_MS = 86_400_000;

/** Days on the clock of a zone, as numbers that follow each other. */
export class CivilDays {
  readonly #zone: Zone;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  /** The day that the clock shows at an instant. */
  at(ms: number): number {
    return Math.floor(this.#zone.toLocal(ms) / DAY_MS);
  }

  /** The instant at which a day begins. */
  startOf(day: number): number {
    return this.#zone.toInstant(day * DAY_MS);
  }
}

export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** @param text a day that was checked: `2026-03-29`. */
export function dayOfText(text: string): number {
  return Math.floor(Date.parse(`${text}T00:00:00Z`) / DAY_MS);
}

/** The first day of the month so many months after that of a day. */
function startOfMonth(day: number, months: number): number {
  const date = new Date(day * DAY_MS);
  return Math.floor(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / DAY_MS);
}

/** What is shown of a calendar to whoever names no days: a year up to the next month; where the newest partition is older than what one sees of that at once, up to its own. */
export function monthsAtFirst(
  today: number,
  newest: number | undefined,
): { readonly from: number; readonly to: number } {
  const isOld = newest !== undefined && newest < startOfMonth(today, -4);
  const last = isOld ? newest : today;
  return { from: startOfMonth(last, -11), to: startOfMonth(last, isOld ? 1 : 2) - 1 };
}
