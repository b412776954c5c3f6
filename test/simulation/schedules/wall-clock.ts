const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** When a schedule ticks, as one who reads a clock on the wall would say. */
export interface WallPattern {
  /** Steps through real time: every real minute for which `isNamed` holds is a tick, also one that comes twice. */
  readonly steps: boolean;
  readonly isNamed: (at: { readonly hour: number; readonly minute: number }) => boolean;
}

/**
 * The ticks of a pattern in a zone, after one instant and up to another, by looking at every minute of the clock on the
 * wall. It knows no rules of zones and shares nothing with what it judges: it asks the system what the time was.
 */
export function ticksOnTheWall(
  pattern: WallPattern,
  timeZone: string,
  { afterMs, untilMs }: { readonly afterMs: number; readonly untilMs: number },
): readonly number[] {
  const clock = clockOf(timeZone);
  const from = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS - DAY_MS;
  const ticks = new Set<number>();
  const seen = new Set<number>();
  let shownBefore = clock(from - MINUTE_MS);
  for (let at = from; at <= untilMs; at += MINUTE_MS) {
    const shown = clock(at);
    // The minutes that the clock jumps over: each as if it had not jumped, which is now and later.
    for (let gone = shownBefore + MINUTE_MS; gone < shown; gone += MINUTE_MS) {
      if (!pattern.steps && isNamed(pattern, gone)) ticks.add(at + (gone - shownBefore - MINUTE_MS));
      seen.add(gone);
    }
    if (isNamed(pattern, shown) && (pattern.steps || !seen.has(shown))) ticks.add(at);
    seen.add(shown);
    shownBefore = shown;
  }
  return [...ticks].filter((at) => at > afterMs && at <= untilMs).sort((a, b) => a - b);
}

function isNamed({ isNamed: named }: WallPattern, shownMs: number): boolean {
  const minutes = Math.floor((shownMs % DAY_MS) / MINUTE_MS);
  return named({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
}

/** What was asked already, by zone: it takes the system a while to say what time it was. */
const known = new Map<string, Map<number, number>>();

/** What a clock in a zone shows at an instant, as if it were in UTC. */
function clockOf(timeZone: string): (atMs: number) => number {
  const shown = known.get(timeZone) ?? new Map<number, number>();
  known.set(timeZone, shown);
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (atMs) => {
    const before = shown.get(atMs);
    if (before !== undefined) return before;
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const now = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"));
    shown.set(atMs, now);
    return now;
  };
}
