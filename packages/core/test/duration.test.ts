import { formatDuration, parseDuration } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("parseDuration", () => {
  it.each([
    ["250ms", 250],
    ["10s", 10_000],
    ["10m", 600_000],
    ["1h30m", 5_400_000],
    ["1h 30m", 5_400_000],
    [" 2d ", 172_800_000],
    ["1w2d3h4m5s6ms", 788_645_006],
    ["1.5h", 5_400_000],
    ["0s", 0],
    [1_500, 1_500],
    [0, 0],
    [0.6, 1],
  ])("reads %j as %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "  ", "10", "ten minutes", "10x", "m", "5m1h", "5m5m", "1h-5m", "1h,5m", "PT5M", "5 m in"])(
    "refuses %j",
    (text) => {
      expect(() => parseDuration(text)).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(JSON.stringify(text)) }),
      );
    },
  );

  it.each(["-5m", -1, " -1h "])("refuses the negative %j, saying so", (negative) => {
    expect(() => parseDuration(negative, 'timeout of task "load"')).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: expect.stringMatching(/^The timeout of task "load" is negative/),
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300, "99999999999999999999w"])(
    "refuses the endless %j",
    (endless) => {
      expect(() => parseDuration(endless)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    },
  );

  it("refuses what only untyped code can hand in", () => {
    expect(() => parseDuration(undefined as unknown as string)).toThrow("The duration is not a duration: undefined.");
    expect(() => parseDuration({} as unknown as string)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: "The duration is not a duration: {}." }),
    );
  });

  it("says the unit that a bare number lacks", () => {
    expect(() => parseDuration("30")).toThrow(expect.objectContaining({ hint: expect.stringContaining('"30s"') }));
  });

  it("reads what is written of whole parts", () => {
    const parts = fc.tuple(fc.nat(50), fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(999));
    fc.assert(
      fc.property(parts, ([days, hours, minutes, seconds, ms]) => {
        const expected = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000 + ms;
        expect(parseDuration(`${days}d${hours}h${minutes}m${seconds}s${ms}ms`)).toBe(expected);
      }),
    );
  });
});

describe("formatDuration", () => {
  it.each([
    [-5, "0 ms"],
    [0, "0 ms"],
    [42.4, "42 ms"],
    [999, "999 ms"],
    [999.6, "1.0 s"],
    [4_230, "4.2 s"],
    [59_949, "59.9 s"],
    [59_960, "1m 00s"],
    [63_000, "1m 03s"],
    [3_599_499, "59m 59s"],
    [3_599_500, "1h 00m"],
    [7_500_000, "2h 05m"],
    [86_399_999, "1d 00h"],
    [273_600_000, "3d 04h"],
    [8_640_000_000, "100d 00h"],
  ])("writes %d ms as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("never writes sixty of a unit", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), (ms) => {
        expect(formatDuration(ms)).not.toMatch(/ (?:60[ms]|24h)|^(?:60m|24h)/);
      }),
    );
  });
});
