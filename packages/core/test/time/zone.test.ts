import { checkTimeZone } from "@millrace/core";
import { zoneOf } from "@millrace/core/time";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";

/** Summer time the usual way, by half an hour, never; a day left out; a change at midnight; offsets of odd seconds. */
const NAMES = [
  "Europe/Zurich",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "Pacific/Apia",
  "America/Sao_Paulo",
  "Africa/Casablanca",
  "Europe/Dublin",
  "Africa/Monrovia",
  "UTC",
];
const HOUR_MS = 3_600_000;
const instants = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2100, 0, 1) });

const iso = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;
const local = (text: string): number => Temporal.PlainDateTime.from(text).toZonedDateTime("UTC").epochMilliseconds;

function plain(localMs: number): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO("UTC").toPlainDateTime();
}

describe("a zone", () => {
  it.each(NAMES)("reads the clock of %s as Temporal does", (name) => {
    const zone = zoneOf(name);
    fc.assert(
      fc.property(instants, (atMs) => {
        const temporal = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(name);
        expect(zone.offsetAt(atMs)).toBe(temporal.offsetNanoseconds / 1_000_000);
        expect(plain(zone.toLocal(atMs)).toString()).toBe(temporal.toPlainDateTime().toString());
        expect(zone.changeAfter(atMs)).toBe(temporal.getTimeZoneTransition("next")?.epochMilliseconds);
      }),
    );
  });

  it.each(NAMES)("finds the instants of readings of %s around its changes as Temporal does", (name) => {
    const zone = zoneOf(name);
    fc.assert(
      fc.property(instants, fc.integer({ min: -3 * HOUR_MS, max: 27 * HOUR_MS }), (fromMs, awayMs) => {
        const localMs = zone.toLocal(zone.changeAfter(fromMs) ?? fromMs) + awayMs;
        const meant = plain(localMs).toZonedDateTime(name, { disambiguation: "compatible" });
        const readings = (["earlier", "later"] as const).map((disambiguation) =>
          plain(localMs).toZonedDateTime(name, { disambiguation }),
        );
        const showing = readings.filter((each) => each.toPlainDateTime().equals(plain(localMs)));
        expect(zone.toInstant(localMs)).toBe(meant.epochMilliseconds);
        expect(zone.instantsAt(localMs)).toEqual([...new Set(showing.map((each) => each.epochMilliseconds))]);
      }),
    );
  });

  it("takes a reading in the gap with the offset before it, and of two the first", () => {
    const zone = zoneOf("Europe/Zurich");
    expect(zone.toInstant(local("2023-03-26T02:30"))).toBe(iso("2023-03-26T01:30Z"));
    expect(zone.instantsAt(local("2023-03-26T02:30"))).toEqual([]);
    expect(zone.toInstant(local("2023-10-29T02:30"))).toBe(iso("2023-10-29T00:30Z"));
    expect(zone.instantsAt(local("2023-10-29T02:30"))).toEqual([iso("2023-10-29T00:30Z"), iso("2023-10-29T01:30Z")]);
  });

  it("is one per name", () => {
    expect(zoneOf("Europe/Zurich")).toBe(zoneOf("Europe/Zurich"));
    expect(zoneOf("Europe/Zurich").name).toBe("Europe/Zurich");
    expect(checkTimeZone("Europe/Zurich")).toBe("Europe/Zurich");
  });

  it("is refused by a name that is not known, with the nearest that is", () => {
    expect(() => zoneOf("Europe/Zürich", 'time zone of schedule "daily"')).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: 'The time zone of schedule "daily" is unknown: "Europe/Zürich".',
        hint: 'Did you mean "Europe/Zurich"?',
      }),
    );
    expect(() => zoneOf("fake")).toThrow(expect.objectContaining({ message: 'The time zone is unknown: "fake".' }));
  });

  it.each([
    [undefined, "The time zone is unknown: undefined."],
    [7, "The time zone is unknown: 7."],
  ])("is refused when only untyped code could name it: %j", (name, message) => {
    expect(() => checkTimeZone(name)).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message }));
  });
});
