import { testFlow } from "@millrace/testing";
import { expect, test } from "vitest";
import weather from "../flows/weather.ts";
import { compare, daysOfCalendarBetween } from "../src/city-days.ts";
import type { WeatherDay } from "../src/records.ts";

function seattle(date: string, temp_max: number): WeatherDay {
  return { location: "Seattle", date, temp_max, temp_min: 0, precipitation: 0, wind: 1, weather: "sun" };
}

test("a day is compared with its season, city by city", async () => {
  const season = [seattle("2012-07-04", 20), seattle("2013-07-02", 30), seattle("2014-07-09", 28)];
  expect(await compare.run({ day: "2012-07-04", season }, {} as never)).toEqual([
    { location: "Seattle", date: "2012-07-04", weather: "sun", temp_max: 20, warmer: -6 },
  ]);
});

test.each([
  ["2012-12-30", "2015-01-02", 3],
  ["2012-02-29", "2013-03-01", 1],
  ["2012-07-04", "2014-07-04", 0],
])("%s and %s are %i days of the calendar apart", (a, b, days) => {
  expect(daysOfCalendarBetween(a, b)).toBe(days);
});

test("a run writes the day that it stands for", async () => {
  const run = await testFlow(weather)
    .withPartition("2012-02-29")
    .mock("read-season", { day: "2012-02-29", season: [seattle("2012-02-29", 9)] })
    .mock("keep-day", (input: unknown) => input)
    .run();
  expect(run.state).toBe("success");
  expect(run.output).toMatchObject({ day: "2012-02-29", cities: [{ location: "Seattle", warmer: 0 }] });
});
