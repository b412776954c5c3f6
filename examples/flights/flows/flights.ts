import { flow, group, type Ref, sql, task, type, when } from "millrace";
import { z } from "zod";
import { drawCard, hoursOf, worstRoutesOf } from "../src/airport-card.ts";
import { inspectSources } from "../src/datasets.ts";
import type { AirportTraffic, Check, CityMonth, Day } from "../src/figures.ts";
import { checkMonth, listMonths, readAirports, readWeather } from "../src/ingest.ts";
import { holdBack, judge, keepRejects } from "../src/quality.ts";
import type { Airport, WeatherDay } from "../src/records.ts";
import { writeReport } from "../src/report/write-report.ts";
import type { Reject } from "../src/sort-out.ts";

const load = sql("load", {
  connection: "warehouse",
  input: type<{ airports: Airport[]; weather: WeatherDay[]; rejected: Reject[]; file: string }>(),
  row: type<{ flights: number; airports: number; weather_days: number }>(),
  // On a good day nothing is rejected, and an empty list does not say what its columns are.
  relations: { rejected: { source: "text", row: "integer", reason: "text", record: "text" } },
  returns: "first",
  file: "../sql/load.sql",
});

const transform = sql("transform", { connection: "warehouse", returns: "none", file: "../sql/transform.sql" });

const check = sql("check", {
  connection: "warehouse",
  input: type<{ read: number; rejected: number }>(),
  row: type<Check>(),
  file: "../sql/checks.sql",
});

const airportRows = sql("airports", {
  connection: "warehouse",
  row: type<AirportTraffic>(),
  file: "../sql/airports.sql",
});
const airportsFile = sql("airports-csv", {
  connection: "warehouse",
  file: "../sql/airports.sql",
  returns: { file: "out/airports.csv" },
});
const dayRows = sql("days", { connection: "warehouse", row: type<Day>(), file: "../sql/days.sql" });
const cityRows = sql("weather", { connection: "warehouse", row: type<CityMonth>(), file: "../sql/weather.sql" });

const busiest = task("busiest", ({ airports, count }: { airports: AirportTraffic[]; count: number }) =>
  airports.slice(0, count),
);

/** Three tasks for each airport. The digest of the data makes their cached results hold for that data only. */
const airportCard = group("airport", ({ airport, data }: { airport: Ref<AirportTraffic>; data: Ref<string> }) => {
  const hours = hoursOf({ iata: airport.iata, data });
  const routes = worstRoutesOf({ iata: airport.iata, data });
  return drawCard({ airport, hours, routes });
});

export default flow(
  "flights",
  {
    description: "Three million flights, from raw files to a report",
    params: z.object({
      airports: z.int().min(1).max(50).default(12).describe("How many of the busiest airports get a card"),
      strict: z.boolean().default(false).describe("Publish only when nothing at all is amiss"),
    }),
    retries: 1,
    tags: ["example"],
  },
  ({ params }) => {
    const sources = inspectSources();

    const airports = readAirports({ file: sources.airports });
    const weather = readWeather({ file: sources.weather });
    const months = checkMonth.each(listMonths({ file: sources.flights }), (month) => ({
      file: sources.flights,
      month,
    }));
    const rejects = keepRejects({ months, others: [airports.rejected, weather.rejected] });

    const loaded = load({
      airports: airports.accepted,
      weather: weather.accepted,
      rejected: rejects.rejected,
      file: sources.flights.path,
    });
    const transformed = transform.after(loaded)();
    const checks = check.after(transformed)(rejects.flights);
    const verdict = judge({ checks, strict: params.strict });

    return when(
      verdict.passed,
      () => {
        const traffic = airportRows();
        const figures = { airports: traffic, days: dayRows(), cities: cityRows() };
        const top = busiest({ airports: traffic, count: params.airports });
        const cards = airportCard.each(top, (airport) => ({ airport, data: sources.flights.sha256 }));
        airportsFile();
        return writeReport({ figures, cards, checks, rejects, states: sources.states.path });
      },
      () => holdBack({ failed: verdict.failed }),
    );
  },
);
