import { parseDay } from "@millrace/core";
import { cronTicks } from "@millrace/core/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("parseDay", () => {
  it("counts days from 1970 as the runtime does", () => {
    const dates = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseDay(date.toISOString().slice(0, 10))).toBe(Math.floor(date.getTime() / 86_400_000));
      }),
    );
  });

  it.each(["2026-02-30", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "today"])("does not take %j", (text) => {
    expect(parseDay(text)).toBeUndefined();
  });
});

describe("ticks", () => {
  const crons = fc.constantFrom("* * * * *", "*/7 1-3 * * *", "30 2 * * 0", "0 0 1 * *", "15 10 5 * * *", "0 2 29 2 *");
  const zones = fc.constantFrom("UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca");
  const instants = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2060, 0, 1) });

  it("are after what they are asked after, follow each other, and are found backwards too", () => {
    fc.assert(
      fc.property(crons, zones, instants, (cron, zone, atMs) => {
        const ticks = cronTicks(cron, zone);
        const next = ticks.next(atMs) as number;
        const second = ticks.next(next) as number;
        expect(next).toBeGreaterThan(atMs);
        expect(second).toBeGreaterThan(next);
        expect(ticks.next(next - 1)).toBe(next);
        expect(ticks.next(next, true)).toBe(next);
        expect(ticks.previous(second)).toBe(next);
        expect(ticks.previous(next, true)).toBe(next);
        expect(ticks.windowOf(second)).toEqual({ startMs: next, endMs: second });
      }),
    );
  });
});
