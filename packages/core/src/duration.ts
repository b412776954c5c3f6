import { MillraceError } from "./errors/millrace-error.ts";

/**
 * A length of time as authors write it: text such as `"10m"`, `"1h30m"` or `"250ms"`, or a number of milliseconds.
 * Inside, durations are milliseconds only.
 */
export type Duration = string | number;

const UNITS = ["w", "d", "h", "m", "s", "ms"] as const;
const UNIT_MS: Readonly<Record<(typeof UNITS)[number], number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** One part of a duration, anchored to where the last one ended. `ms` is tried before `m`. */
const PART = /\s*(\d+(?:\.\d+)?)\s*(ms|[wdhms])\s*/y;

/**
 * Reads a duration into milliseconds, rounded to whole ones. Text is one or more parts, the largest unit first, each
 * unit once: `w` (7 days), `d` (24 hours), `h`, `m`, `s`, `ms`. Decimals (`"1.5h"`) and spaces between parts are fine.
 *
 * @param option what the duration is for, to name it in the message: `timeout of task "load"`.
 * @throws MillraceError `INVALID_OPTION` for anything else: negative, not finite, no unit, an unknown unit.
 */
export function parseDuration(duration: Duration, option = "duration"): number {
  const ms = typeof duration === "number" ? duration : readParts(String(duration));
  if (ms === undefined) throw unreadable(duration, option);
  if (ms < 0) throw refuse(`The ${option} is negative: ${ms}.`, "A duration is zero or more milliseconds.");
  if (!Number.isSafeInteger(Math.round(ms))) {
    throw refuse(`The ${option} is not a usable number of milliseconds: ${duration}.`, "Give a finite, smaller one.");
  }
  return Math.round(ms);
}

/** The sum of the parts, or undefined where the text is no duration. */
function readParts(text: string): number | undefined {
  let total = 0;
  let smallest = -1;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text);
    if (match === null) return undefined;
    const unit = match[2] as (typeof UNITS)[number];
    const rank = UNITS.indexOf(unit);
    if (rank <= smallest) return undefined;
    smallest = rank;
    total += Number(match[1]) * UNIT_MS[unit];
  }
  return smallest === -1 ? undefined : total;
}

function unreadable(duration: unknown, option: string): MillraceError {
  const text = typeof duration === "string" ? duration.trim() : "";
  if (text.startsWith("-")) return refuse(`The ${option} is negative: "${text}".`, "A duration is zero or more.");
  const hint = /^\d+(?:\.\d+)?$/.test(text)
    ? `Say the unit: "${text}s" for seconds, "${text}m" for minutes, or the number ${text} for milliseconds.`
    : 'Write it like "250ms", "10m", "1h30m" or "2d": the units are w, d, h, m, s and ms, the largest first.';
  return refuse(`The ${option} is not a duration: ${JSON.stringify(duration) ?? String(duration)}.`, hint);
}

function refuse(message: string, hint: string): MillraceError {
  return new MillraceError("INVALID_OPTION", message, { hint });
}

/**
 * Writes a duration for people, in the two units that matter: `42 ms`, `4.2 s`, `1m 03s`, `2h 05m`, `3d 04h`. Negative
 * ones, which only a clock set back can give, read as `0 ms`.
 */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  const tenths = Math.round(whole / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(whole / 1_000);
  if (seconds < 3_600) return twoUnits([Math.floor(seconds / 60), "m"], [seconds % 60, "s"]);
  const minutes = Math.round(whole / 60_000);
  if (minutes < 1_440) return twoUnits([Math.floor(minutes / 60), "h"], [minutes % 60, "m"]);
  const hours = Math.round(whole / 3_600_000);
  return twoUnits([Math.floor(hours / 24), "d"], [hours % 24, "h"]);
}

function twoUnits(large: readonly [number, string], small: readonly [number, string]): string {
  return `${large[0]}${large[1]} ${String(small[0]).padStart(2, "0")}${small[1]}`;
}
