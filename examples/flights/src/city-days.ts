import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { csvParse } from "d3-dsv";
import { task } from "millrace";
import { datasetsFolder } from "./datasets.ts";
import { WeatherDay } from "./records.ts";
import { sortOut } from "./sort-out.ts";

const DAY_MS = 86_400_000;
/** A day is compared with those of all years that are at most so many days of the calendar away. */
const NEIGHBOURS = 7;

/** One city on one day, and how that was for the season. */
export interface CityDay {
  location: WeatherDay["location"];
  date: string;
  weather: WeatherDay["weather"];
  temp_max: number;
  /** Degrees above what is usual around this day of the year. */
  warmer: number;
}

/** The records of the day that the run stands for, and of the same season in all years. */
export const readSeason = task("read-season", async (_: undefined, { partition, projectDir, log }) => {
  const day = partition?.key ?? "";
  const file = await readFile(path.join(datasetsFolder(projectDir), "weather.csv"), "utf8");
  const { accepted, rejected } = sortOut("weather.csv", WeatherDay, csvParse(file));
  for (const { row, reason } of rejected) log.warn(`weather.csv, row ${row}: ${reason}`);
  const season = accepted.filter(({ date }) => daysOfCalendarBetween(date, day) <= NEIGHBOURS);
  return { day, season };
});

/** Pure, so the same days give the same figures whenever they are run again. */
export const compare = task("compare", ({ day, season }: { day: string; season: WeatherDay[] }): CityDay[] =>
  season
    .filter(({ date }) => date === day)
    .map(({ location, date, weather, temp_max }) => {
      const others = season.filter((other) => other.location === location);
      const usual = others.reduce((sum, other) => sum + other.temp_max, 0) / others.length;
      return { location, date, weather, temp_max, warmer: Math.round((temp_max - usual) * 10) / 10 };
    }),
);

/** A file for each day: whoever runs a day again replaces what it wrote, and nothing else. */
export const keepDay = task(
  "keep-day",
  async ({ day, cities }: { day: string; cities: CityDay[] }, { projectDir, report }) => {
    const folder = path.join(projectDir, "out/weather");
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, `${day}.json`), `${JSON.stringify(cities, null, 2)}\n`);
    report.materialization({ asset: "weather", metadata: { day, cities: cities.length } });
    return { day, cities: cities.length };
  },
);

/** How far apart two days are when years do not count. */
export function daysOfCalendarBetween(a: string, b: string): number {
  const apart = Math.abs(dayOfYear(a) - dayOfYear(b));
  return Math.min(apart, 366 - apart);
}

function dayOfYear(date: string): number {
  // In a leap year, so that the 29th of February has a place of its own.
  return Date.parse(`2012${date.slice(4)}T00:00:00Z`) / DAY_MS;
}
