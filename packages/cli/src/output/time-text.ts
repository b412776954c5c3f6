/** Instants as people and programs read them. Durations are written by core. */

function pad(number: number): string {
  return String(number).padStart(2, "0");
}

/** ISO 8601 in UTC with milliseconds: for programs. */
export function isoInstant(ms: number): string {
  return new Date(ms).toISOString();
}

/** `2026-01-31 06:00:00` in this machine's zone: for people. */
export function localInstant(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clockText(ms)}`;
}

/** `06:00:00` in this machine's zone. */
export function clockText(ms: number): string {
  const date = new Date(ms);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** `[start, end)` in the shortest form that loses nothing. */
export function windowText(window: { readonly startMs: number; readonly endMs: number }): string {
  const short = (ms: number): string =>
    isoInstant(ms)
      .replace(/T00:00:00\.000Z$/, "")
      .replace(/\.000Z$/, "Z");
  return window.startMs === window.endMs ? short(window.startMs) : `${short(window.startMs)} to ${short(window.endMs)}`;
}
