import { describe, expect, test } from "vitest";
import { Airport, Flight } from "../src/records.ts";
import { reasonOf, sortOut } from "../src/sort-out.ts";

const flight = {
  row: 7,
  date: new Date("2001-02-03T04:05:00Z"),
  delay: 3,
  distance: 256,
  origin: "LAS",
  destination: "PHX",
};

describe("flights", () => {
  test.each([
    [{ delay: -212 }, "delay is more than two hours early"],
    [{ delay: 1688 }, "delay is more than a day late"],
    [{ date: new Date("2001-07-01T00:00:00Z") }, "date is after the period"],
    [{ destination: "LAS" }, "destination is where it came from"],
    [{ origin: "Las Vegas" }, "origin is no three-letter code"],
  ])("with %j are rejected: %s", (change, reason) => {
    const { error } = Flight.safeParse({ ...flight, ...change });
    expect(error && reasonOf(error)).toBe(reason);
  });

  test("of an ordinary kind are accepted", () => {
    expect(Flight.safeParse(flight).success).toBe(true);
  });
});

test("rows are divided, and the rejected ones can be found again", () => {
  const marquette = {
    iata: "MQT",
    name: "Marquette",
    city: "NA",
    state: "NA",
    country: "USA",
    latitude: "46",
    longitude: "-87",
  };
  const chicago = { ...marquette, iata: "ORD", name: "O'Hare", city: "Chicago", state: "IL" };
  const { accepted, rejected } = sortOut("airports.csv", Airport, [chicago, marquette]);
  expect(accepted).toEqual([{ ...chicago, latitude: 46, longitude: -87 }]);
  expect(rejected).toEqual([
    {
      source: "airports.csv",
      row: 1,
      reason: "city is not known; state is not known",
      record: JSON.stringify(marquette),
    },
  ]);
});
