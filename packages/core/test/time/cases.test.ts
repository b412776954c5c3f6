import { readFileSync } from "node:fs";
import type { ScheduleTiming } from "@millrace/core";
import { cronTicks, ticksOf } from "@millrace/core/time";
import { describe, expect, it } from "vitest";
import { instant, scheduleOf, text } from "./schedule-of.ts";

interface Case {
  readonly id: string;
  readonly cron?: string;
  readonly every?: string;
  readonly anchor?: string;
  readonly rrule?: string;
  readonly timeZone: string;
  readonly from: string;
  readonly inclusive: boolean;
  readonly expect: readonly string[];
}

const CASES = JSON.parse(readFileSync(new URL("../cases/schedules.json", import.meta.url), "utf8")) as {
  readonly next: readonly Case[];
  readonly invalid: readonly Partial<Case>[];
};

/** What the authoring API makes of it; its own tests say so. */
function timingOf({ cron, every, anchor, rrule }: Case): ScheduleTiming {
  if (cron !== undefined) return { kind: "cron", expression: cron };
  if (rrule !== undefined) return { kind: "rrule", rule: rrule };
  const [, amount, unit] = /^(\d+)([hd])$/.exec(every ?? "") ?? [];
  const anchorMs = instant(anchor ?? "");
  return unit === "d"
    ? { kind: "every", amount: Number(amount), unit: "day", anchorMs }
    : { kind: "every", amount: Number(amount) * 3_600_000, unit: "ms", anchorMs };
}

describe("the known ticks", () => {
  it.each(CASES.next)("are right: $id", (row) => {
    const ticks = ticksOf(scheduleOf(timingOf(row), { timeZone: row.timeZone }));
    let tick = ticks?.next(instant(row.from), row.inclusive);
    const found: string[] = [];
    while (tick !== undefined && found.length < row.expect.length) {
      found.push(text(tick));
      tick = ticks?.next(tick);
    }
    expect(found).toEqual(row.expect);
  });

  it.each(CASES.next)("are found backwards: $id", (row) => {
    const ticks = ticksOf(scheduleOf(timingOf(row), { timeZone: row.timeZone }));
    const last = instant(row.expect.at(-1) ?? "");
    const found: string[] = [];
    let tick = ticks?.previous(last, true);
    while (tick !== undefined && found.length < row.expect.length) {
      found.unshift(text(tick));
      tick = ticks?.previous(tick);
    }
    expect(found).toEqual(row.expect);
  });

  it.each(CASES.invalid.flatMap(({ cron, timeZone }) => (cron === undefined ? [] : [{ cron, timeZone }])))(
    "are refused for cron $cron in $timeZone",
    ({ cron, timeZone }) => {
      expect(() => cronTicks(cron, timeZone ?? "UTC")).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    },
  );
});
