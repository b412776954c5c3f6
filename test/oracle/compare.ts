import { cronTicks, zoneOf } from "@millrace/core/time";
import type { OracleExpression, WallMinute } from "./expressions.ts";
import { MARGIN, type Offsets, type Range, readOffsets, WallClock } from "./wall-clock.ts";

const MINUTE_MS = 60_000;
/** Lists up to this long are walked backwards too. */
const WALKED_BACK = 100_000;

/** How the comparison went. */
export interface Comparison {
  readonly zones: number;
  /** Zones whose clocks showed the same throughout are compared by one of them. */
  readonly clocks: number;
  /** Ticks that were looked at, forwards and backwards, and changes of zones. */
  readonly compared: number;
  /** The first ones, in words. */
  readonly differences: readonly string[];
  readonly differing: number;
}

export interface OracleTask {
  readonly zones: readonly string[];
  readonly expressions: readonly OracleExpression[];
  readonly range: Range;
  readonly onClock?: (done: number, of: number) => void;
}

const SHOWN_DIFFERENCES = 20;

/** Compares core's ticks with those that are found by looking at every minute of the wall clock. */
export function compare({ zones, expressions, range, onClock }: OracleTask): Comparison {
  const tally = new Tally();
  const named = expressions.map((expression) => namedMinutes(expression, range));
  const clocks = new Map<string, { readonly zone: string; readonly offsets: Offsets }>();
  for (const zone of zones) {
    const offsets = readOffsets(zone, range);
    compareZone(zone, offsets, tally);
    const same = JSON.stringify(offsets);
    if (!clocks.has(same)) clocks.set(same, { zone, offsets });
  }
  let done = 0;
  for (const { zone, offsets } of clocks.values()) {
    const clock = new WallClock(offsets, range);
    for (const [index, expression] of expressions.entries()) {
      const minutes = named[index] as Uint8Array;
      const expected = expression.everyHour === true ? clock.shownTicks(minutes) : clock.meantTicks(minutes);
      compareTicks({ cron: expression.cron, zone, expected, range }, tally);
    }
    done += 1;
    onClock?.(done, clocks.size);
  }
  const { compared, differences, differing } = tally;
  return { zones: zones.length, clocks: clocks.size, compared, differences, differing };
}

class Tally {
  compared = 0;
  differing = 0;
  readonly differences: string[] = [];

  differ(what: string): void {
    this.differing += 1;
    if (this.differences.length < SHOWN_DIFFERENCES) this.differences.push(what);
  }
}

/** A byte for each minute that a wall clock can show: whether an expression names it. */
function namedMinutes({ names }: OracleExpression, range: Range): Uint8Array {
  const first = range.from - MARGIN;
  const named = new Uint8Array(range.until + MARGIN - first);
  for (let index = 0; index < named.length; ) {
    const date = new Date((first + index) * MINUTE_MS);
    const day = {
      day: date.getUTCDate(),
      month: date.getUTCMonth() + 1,
      weekday: date.getUTCDay(),
      last: new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
    };
    for (let of = 0; of < 1_440; of += 1, index += 1) {
      const wall: WallMinute = { ...day, hour: Math.floor(of / 60), minute: of % 60 };
      if (names(wall)) named[index] = 1;
    }
  }
  return named;
}

function compareZone(zone: string, { from, offset }: Offsets, tally: Tally): void {
  const rules = zoneOf(zone);
  let span = rules.spanAt((from[0] as number) * MINUTE_MS);
  for (const [index, minute] of from.entries()) {
    tally.compared += 1;
    if (index > 0) {
      if (span.untilMs !== minute * MINUTE_MS)
        tally.differ(`${zone} changes at ${text(span.untilMs)}, not ${text(minute * MINUTE_MS)}`);
      span = rules.spanAt(minute * MINUTE_MS);
    }
    if (span.offsetMs !== (offset[index] as number) * MINUTE_MS)
      tally.differ(`${zone} from ${text(minute * MINUTE_MS)}: ${span.offsetMs}`);
  }
}

interface ExpectedTicks {
  readonly cron: string;
  readonly zone: string;
  /** Minutes since 1970. */
  readonly expected: Int32Array;
  readonly range: Range;
}

function compareTicks({ cron, zone, expected, range }: ExpectedTicks, tally: Tally): void {
  const ticks = cronTicks(cron, zone);
  let at = range.from * MINUTE_MS - 1;
  for (const minute of expected) {
    const found = ticks.next(at);
    tally.compared += 1;
    if (found !== minute * MINUTE_MS) {
      tally.differ(`${cron} in ${zone} after ${text(at)}: ${text(found)}, expected ${text(minute * MINUTE_MS)}`);
    }
    at = minute * MINUTE_MS;
  }
  const after = ticks.next(at);
  tally.compared += 1;
  if (after !== undefined && after < range.until * MINUTE_MS) {
    tally.differ(`${cron} in ${zone} after ${text(at)}: ${text(after)}, expected none up to the end`);
  }
  if (expected.length <= WALKED_BACK) compareBackwards({ cron, zone, expected, range }, tally);
}

function compareBackwards({ cron, zone, expected, range }: ExpectedTicks, tally: Tally): void {
  const ticks = cronTicks(cron, zone);
  let at = range.until * MINUTE_MS;
  for (const minute of expected.toReversed()) {
    const found = ticks.previous(at);
    tally.compared += 1;
    if (found !== minute * MINUTE_MS) {
      tally.differ(`${cron} in ${zone} before ${text(at)}: ${text(found)}, expected ${text(minute * MINUTE_MS)}`);
    }
    at = minute * MINUTE_MS;
  }
}

function text(ms: number | undefined): string {
  return ms === undefined || !Number.isFinite(ms) ? "never" : new Date(ms).toISOString();
}
