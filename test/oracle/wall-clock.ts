/** Ten years, or fewer, in minutes since 1970; the end does not count. */
export interface Range {
  readonly from: number;
  readonly until: number;
}

/** Readings of the clock beyond both ends that may be meant by an instant within. */
export const MARGIN = 3 * 1_440;
const LOOK_MINUTES = 6 * 60;

/** How far, in minutes, the clock of a zone is before UTC: from each of these instants on. */
export interface Offsets {
  readonly from: readonly number[];
  readonly offset: readonly number[];
}

/** Asks the runtime's own calendar, hour by hour, and minute by minute where it changed. */
export function readOffsets(timeZone: string, range: Range): Offsets {
  const offsetAt = offsetReader(timeZone);
  const first = range.from - MARGIN;
  const from = [first];
  const offset = [offsetAt(first)];
  for (let at = first; at < range.until + MARGIN; at += LOOK_MINUTES) {
    const next = at + LOOK_MINUTES;
    let known = offset.at(-1) as number;
    if (offsetAt(next) === known) continue;
    for (let minute = at + 1; minute <= next; minute += 1) {
      const now = offsetAt(minute);
      if (now === known) continue;
      from.push(minute);
      offset.push(now);
      known = now;
    }
  }
  return { from, offset };
}

function offsetReader(timeZone: string): (minute: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return (minute) => {
    // 01/31/2026, 06:00:00
    const text = format.format(minute * 60_000);
    const wall = Date.UTC(
      Number(text.slice(6, 10)),
      Number(text.slice(0, 2)) - 1,
      Number(text.slice(3, 5)),
      Number(text.slice(12, 14)),
      Number(text.slice(15, 17)),
    );
    if (text.slice(18) !== "00") throw new Error(`${timeZone} is not a whole number of minutes from UTC at ${text}`);
    return wall / 60_000 - minute;
  };
}

/** What a zone's clock shows at each minute of a range, and when it first shows each reading. */
export class WallClock {
  readonly range: Range;
  readonly #first: number;
  /** By real minute since the margin's beginning: the reading. */
  readonly #shown: Int32Array;
  /** By reading, shifted alike: the instant that it means. */
  readonly #meant: Int32Array;

  constructor(offsets: Offsets, range: Range) {
    this.range = range;
    this.#first = range.from - MARGIN;
    const size = range.until + MARGIN - this.#first;
    this.#shown = new Int32Array(size);
    this.#meant = new Int32Array(size).fill(-1);
    let span = 0;
    for (let index = 0; index < size; index += 1) {
      const minute = this.#first + index;
      if (minute === offsets.from[span + 1]) span += 1;
      const reading = index + (offsets.offset[span] as number);
      this.#shown[index] = reading;
      // What was shown before keeps its first instant.
      if (reading >= 0 && reading < size && this.#meant[reading] === -1) this.#meant[reading] = index;
    }
    this.#fillGaps();
  }

  /** A reading that is never shown is meant as if the clock had not been set: as far from UTC as the one before. */
  #fillGaps(): void {
    let before = 0;
    for (let reading = 0; reading < this.#meant.length; reading += 1) {
      const index = this.#meant[reading] as number;
      if (index === -1) this.#meant[reading] = reading - before;
      else before = reading - index;
    }
  }

  /** Ticks of an expression: each instant at which a reading is shown that it names. */
  shownTicks(named: Uint8Array): Int32Array {
    const ticks: number[] = [];
    for (let minute = this.range.from; minute < this.range.until; minute += 1) {
      if (named[this.#shown[minute - this.#first] as number] === 1) ticks.push(minute);
    }
    return Int32Array.from(ticks);
  }

  /** Ticks of an expression: each reading that it names, once. */
  meantTicks(named: Uint8Array): Int32Array {
    const ticks = new Set<number>();
    for (let reading = 0; reading < named.length; reading += 1) {
      if (named[reading] !== 1) continue;
      const minute = (this.#meant[reading] as number) + this.#first;
      if (minute >= this.range.from && minute < this.range.until) ticks.add(minute);
    }
    return Int32Array.from(ticks).sort();
  }
}
