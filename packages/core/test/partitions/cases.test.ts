import { readFileSync } from "node:fs";
import type { TimePartitionStep } from "@millrace/core";
import { keysWithin, partitionsAt, zoneOf } from "@millrace/core/time";
import { describe, expect, it } from "vitest";
import { at, NO_KEYS, timeSpec } from "./definitions.ts";

interface Case {
  readonly id: string;
  readonly kind: "daily" | "weekly" | "monthly" | "hourly";
  readonly start: string;
  readonly timeZone: string;
  readonly now: string;
  readonly endOffset?: number;
  readonly weekStart?: string;
  readonly dayOffset?: number;
  readonly hourOffset?: number;
  readonly minuteOffset?: number;
  readonly expect?: readonly string[];
  readonly expectLocalHours?: readonly string[];
}

const CASES = JSON.parse(readFileSync(new URL("../cases/partitions.json", import.meta.url), "utf8")) as {
  readonly keys: readonly Case[];
};
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

function stepOf({ kind, weekStart, dayOffset, hourOffset = 0, minuteOffset = 0 }: Case): TimePartitionStep {
  if (kind === "hourly") return { kind, minuteOffset };
  if (kind === "weekly") return { kind, weekStart: WEEKDAYS.indexOf(weekStart ?? "") + 1, hourOffset, minuteOffset };
  return kind === "monthly"
    ? { kind, day: dayOffset ?? 1, hourOffset, minuteOffset }
    : { kind, hourOffset, minuteOffset };
}

describe("keys at an instant", () => {
  it.each(CASES.keys.map((each) => [each.id, each] as const))("%s", (_, each) => {
    const spec = timeSpec({
      every: stepOf(each),
      start: each.start,
      timeZone: each.timeZone,
      endOffset: each.endOffset ?? 0,
    });
    const partitions = partitionsAt(spec, { nowMs: at(each.now), keysOf: NO_KEYS });
    const keys = Array.from(keysWithin(partitions, { first: 0, end: partitions.count }));
    if (each.expect !== undefined) expect(keys).toEqual(each.expect);
    const zone = zoneOf(each.timeZone);
    const hours = keys.map((key, index) => {
      const startMs = partitions.windowAt(index)?.startMs ?? 0;
      const isSecond = zone.instantsAt(zone.toLocal(startMs)).indexOf(startMs) === 1;
      expect(key.endsWith("-0600")).toBe(isSecond);
      return key.slice(11, 16) + (isSecond ? " (second)" : "");
    });
    if (each.expectLocalHours !== undefined) expect(hours).toEqual(each.expectLocalHours);
    expect(keys.map((key) => partitions.placeOf(key))).toEqual(keys.map((_key, index) => index));
  });
});
