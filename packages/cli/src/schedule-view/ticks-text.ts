import { type Ticks, zoneOf } from "@millrace/core/time";

/** The first so many ticks from an instant on. */
export function firstTicks(ticks: Ticks, { fromMs, count, inclusive }: TickRange): readonly number[] {
  const found: number[] = [];
  for (let tick = ticks.next(fromMs, inclusive); tick !== undefined && found.length < count; ) {
    found.push(tick);
    tick = ticks.next(tick);
  }
  return found;
}

export interface TickRange {
  readonly fromMs: number;
  readonly count: number;
  /** A tick at `fromMs` itself counts. */
  readonly inclusive: boolean;
}

/** `2023-10-28T00:00:00Z`; with milliseconds only where there are any. */
export function tickText(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** What the clock of a zone shows: `Sun 2023-10-29 02:00:00 +02:00`. */
export function zonedText(ms: number, timeZone: string): string {
  const offsetMs = zoneOf(timeZone).offsetAt(ms);
  const local = new Date(ms + offsetMs);
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const offset = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
  const clock = local.toISOString().slice(0, 19).replace("T", " ");
  return `${WEEKDAYS[local.getUTCDay()]} ${clock} ${offsetMs < 0 ? "-" : "+"}${offset}`;
}
