import { MillraceError } from "../errors/millrace-error.ts";
import { parseCron } from "../time/cron.ts";
import type { PartitionsSpec, TimePartitionStep, TimePartitionsSpec } from "../time/partitions-spec.ts";
import { checkTimeZone } from "../time/time-zone-name.ts";
import { keyFormat, readLocal } from "./key-format.ts";

/** How keys are written where the definition does not say. */
export function defaultFormat(step: TimePartitionStep): string {
  if (step.kind === "hourly") return "yyyy-MM-dd-HH:mm";
  if (step.kind !== "cron") return "yyyy-MM-dd";
  return cronFields(step.expression).length === 6 ? "yyyy-MM-dd-HH:mm:ss" : "yyyy-MM-dd-HH:mm";
}

/** Whether a text is written like a key of these partitions, be there such a key or not. */
export function hasKeyForm({ every, format }: TimePartitionsSpec, text: string): boolean {
  return keyFormat(format ?? defaultFormat(every), "format").read(text) !== undefined;
}

/**
 * Refuses partitions that cannot be: a start that is no time, an offset out of its range, a format by which two windows
 * would have one key.
 *
 * @param what the partitions, to name them in messages: `partitions of flow "orders"`.
 * @throws MillraceError `INVALID_OPTION`.
 */
export function checkPartitions(spec: PartitionsSpec, what: string): void {
  switch (spec.kind) {
    case "time":
      checkTime(spec, what);
      return;
    case "static":
      checkKeys(spec.keys, what);
      return;
    case "dynamic":
      if (spec.name === "") throw refuse(`The ${what} have no name`, "Name them: their keys are kept under it.");
      return;
    case "product": {
      const { dimensions } = spec;
      const names = dimensions.map(({ name }) => name);
      if (names.length === 0) throw refuse(`The ${what} are a product of nothing`, "Give it at least one dimension.");
      if (dimensions.filter(({ partitions }) => partitions.kind === "time").length > 1) {
        throw refuse(`The ${what} have two dimensions of time`, "A run has one window: keep one of them.");
      }
      for (const { name, partitions } of dimensions) checkPartitions(partitions, `dimension "${name}" of ${what}`);
    }
  }
}

function checkKeys(keys: readonly string[], what: string): void {
  if (keys.length === 0) throw refuse(`The ${what} have no keys`, "Give at least one.");
  const seen = new Set<string>();
  for (const key of keys) {
    if (typeof key !== "string" || key === "")
      throw refuse(`The ${what} have a key that is no text`, "Keys are texts.");
    if (seen.has(key)) throw refuse(`The ${what} have the key ${JSON.stringify(key)} twice`, "Take one of them away.");
    seen.add(key);
  }
}

function checkTime({ every, timeZone, start, end, endOffset, format }: TimePartitionsSpec, what: string): void {
  checkTimeZone(timeZone, `time zone of ${what}`);
  if (every.kind === "cron") parseCron(every.expression, what);
  const startLocal = checkLocal(start, `start of ${what}`);
  const endLocal = end === null ? Number.POSITIVE_INFINITY : checkLocal(end, `end of ${what}`);
  if (endLocal <= startLocal)
    throw refuse(`The start of ${what} is not before the end: ${start}, ${end}`, "Swap them.");
  if (!Number.isSafeInteger(endOffset)) {
    throw refuse(`The endOffset of ${what} is ${endOffset}`, "It is a whole number of keys, also below zero.");
  }
  const ranges: Readonly<Record<string, readonly [least: number, most: number]>> = {
    minuteOffset: [0, 59],
    hourOffset: [0, 23],
    weekStart: [1, 7],
    day: [1, 28],
  };
  for (const [field, value] of Object.entries(every)) {
    const range = ranges[field];
    if (range === undefined) continue;
    const [least, most] = range;
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      throw refuse(`The ${field} of ${what} is ${value}`, `It is a whole number from ${least} to ${most}.`);
    }
  }
  const { fields } = keyFormat(format ?? defaultFormat(every), `format of ${what}`);
  const missing = needed(every).filter((field) => !fields.has(field));
  if (missing.length > 0) {
    throw refuse(
      `The format of ${what} would give two windows one key: ${format}`,
      `Add ${missing.join(" and ")} to it.`,
    );
  }
}

function checkLocal(text: string, what: string): number {
  const localMs = readLocal(text);
  if (localMs !== undefined) return localMs;
  const hint =
    "Write the time of the clock in the partitions' time zone, without an offset: 2026-01-01 or 2026-01-01T06:00.";
  throw refuse(`The ${what} is no local time: ${JSON.stringify(text)}`, hint);
}

type Field = "yyyy" | "MM" | "dd" | "HH" | "mm" | "ss";

/** What a key must say, so that no two windows have the same. */
function needed(step: TimePartitionStep): readonly Field[] {
  switch (step.kind) {
    case "hourly":
      return ["yyyy", "MM", "dd", "HH"];
    case "monthly":
      return ["yyyy", "MM"];
    case "daily":
    case "weekly":
      return ["yyyy", "MM", "dd"];
    case "cron": {
      // A field that is one number is the same in all keys.
      const [second, minute, hour] = timeFields(step.expression);
      const isOne = (field: string): boolean => /^\d+$/.test(field);
      return [
        "yyyy",
        "MM",
        "dd",
        ...(isOne(hour) ? [] : (["HH"] as const)),
        ...(isOne(minute) ? [] : (["mm"] as const)),
        ...(isOne(second) ? [] : (["ss"] as const)),
      ];
    }
  }
}

/** Seconds, minutes and hours, as an expression says them. Of the macros only one ticks several times a day. */
function timeFields(expression: string): readonly [second: string, minute: string, hour: string] {
  const fields = cronFields(expression);
  const [first = "", second = "", third = ""] = fields;
  if (first.startsWith("@")) return ["0", "0", first === "@hourly" ? "*" : "0"];
  return fields.length === 6 ? [first, second, third] : ["0", first, second];
}

function cronFields(expression: string): readonly string[] {
  return expression.trim().split(/\s+/);
}

function refuse(message: string, hint: string): MillraceError {
  return new MillraceError("INVALID_OPTION", `${message}.`, { hint });
}
