const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `420 ms`, `3.4 s`, `2 min 05 s`, `3 h 07 min`, `2 d 4 h`: two units at most. */
export function durationText(ms: number): string {
  if (ms < 0) return "0 ms";
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${two((ms % MINUTE) / SECOND)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${two((ms % HOUR) / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}

/** `just now`, `4 min ago`, `in 2 h`. */
export function agoText(thenMs: number, nowMs: number): string {
  const ms = Math.abs(nowMs - thenMs);
  if (ms < 5 * SECOND) return "just now";
  const text = roundText(ms);
  return thenMs > nowMs ? `in ${text}` : `${text} ago`;
}

function roundText(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** `2026-11-22 06:00:00` in a zone: sorts as text, and is the same for everybody. */
export function instantText(ms: number, timeZone: string, withMillis = false): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute, second, fractionalSecond } = parts;
  return `${year}-${month}-${day} ${hour}:${minute}:${second}${withMillis ? `.${fractionalSecond}` : ""}`;
}

/**
 * One instant on the clocks that matter: the viewer's, the flow's and UTC. Clocks of one zone share a line, which says
 * whose they are.
 */
export function timesText(ms: number, { local, flow }: { readonly local: string; readonly flow: string | undefined }) {
  const owners = new Map<string, string[]>([[local, ["yours"]]]);
  if (flow !== undefined) owners.set(flow, [...(owners.get(flow) ?? []), "the flow's"]);
  if (!owners.has("UTC")) owners.set("UTC", []);
  return [...owners]
    .map(([zone, whose]) => `${instantText(ms, zone)} ${zone}${whose.length === 0 ? "" : ` (${whose.join(" and ")})`}`)
    .join("\n");
}

/** What a zone calls its time at an instant: `CET`, `GMT-5`. */
export function zoneShort(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "short" }).formatToParts(ms);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hourCycle: "h23",
  });
  formats.set(timeZone, made);
  return made;
}
