import type { PartitionsSpec, TimePartitionStep, TimePartitionsSpec } from "@millrace/core";

/** Days in UTC from 1 January 2021 on, but for what a test says. */
export function timeSpec(changed: Partial<TimePartitionsSpec> = {}): TimePartitionsSpec {
  return {
    kind: "time",
    every: daily(),
    timeZone: "UTC",
    start: "2021-01-01",
    end: null,
    endOffset: 0,
    format: null,
    ...changed,
  };
}

export function daily(hourOffset = 0, minuteOffset = 0): TimePartitionStep {
  return { kind: "daily", hourOffset, minuteOffset };
}

export function productSpec(dimensions: Readonly<Record<string, unknown>>): PartitionsSpec {
  return {
    kind: "product",
    dimensions: Object.entries(dimensions).map(([name, partitions]) => ({
      name,
      partitions: partitions as TimePartitionsSpec,
    })),
  };
}

/** No keys of the store. */
export const NO_KEYS = (): readonly string[] => [];

export function at(text: string): number {
  return Date.parse(text);
}
