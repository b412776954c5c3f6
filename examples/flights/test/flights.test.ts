import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { testFlow } from "@millrace/testing";
import { afterEach, expect, test } from "vitest";
import flights from "../flows/flights.ts";
import { drawCard } from "../src/airport-card.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const chicago = {
  iata: "ORD",
  name: "Chicago O'Hare International",
  city: "Chicago",
  state: "IL",
  latitude: 41.98,
  longitude: -87.9,
  departures: 1000,
  mean_delay: 9.3,
  median_delay: -1,
  late_share: 0.26,
};
const hours = [{ hour: 6, flights: 100, late: 8 }];
const routes = [{ destination: "BTR", city: "Baton Rouge", flights: 200, late_share: 0.39 }];

/** The flow without its files and its warehouse. `found` is how many flights know no airport. */
function withoutFiles(found: number) {
  const folder = mkdtempSync(path.join(tmpdir(), "flights-"));
  folders.push(folder);
  const file = { path: "flights.parquet", sha256: "0".repeat(64) };
  return testFlow(flights)
    .inProject(folder)
    .mock("inspect-sources", { flights: file, airports: file, weather: file, states: file })
    .mock("read-airports", { accepted: [], rejected: [{ source: "airports.csv", row: 3, reason: "r", record: "{}" }] })
    .mock("read-weather", { accepted: [], rejected: [] })
    .mock("list-months", [1, 2, 3])
    .mock("check-month", (input: unknown) => ({ month: (input as { month: number }).month, read: 1000, rejected: [] }))
    .mock("load", { flights: 3000, airports: 1, weather_days: 0 })
    .mock("transform", undefined)
    .mock("check", [{ check_name: "every origin is a known airport", found, allowed: 500 }])
    .mock("airports", [chicago])
    .mock("days", [{ day: "2001-01-01", flights: 3000, late_share: 0.2 }])
    .mock("weather", [])
    .mock("airports-csv", { path: "out/airports.csv", rows: 1, bytes: 1 })
    .mock("airport[]/hours", hours)
    .mock("airport[]/worst-routes", routes)
    .mock("write-report", (input: unknown) => input);
}

test("good data becomes a report, with a card for each of the busiest airports", async () => {
  const run = await withoutFiles(108).run();
  expect(run.state).toBe("success");
  expect(run.task("hold-back").state).toBe("skipped");
  expect(run.task("keep-rejects").output).toMatchObject({ flights: { read: 3000, rejected: 0 } });
  expect((run.output as unknown as { cards: string[] }).cards).toEqual([
    await drawCard.run({ airport: chicago, hours, routes }, {} as never),
  ]);
});

test("bad data is held back, and said why", async () => {
  const run = await withoutFiles(108).withParams({ strict: true }).run();
  expect(run.state).toBe("success");
  expect(run.task("write-report").state).toBe("skipped");
  const { file } = run.output as { file: string };
  expect(readFileSync(file, "utf8")).toContain("- every origin is a known airport: 108 found");
});

test("a card says what it shows", async () => {
  const card = await drawCard.run({ airport: chicago, hours, routes }, {} as never);
  expect(card).toContain("<b>26\u00a0%</b> late of 1,000");
  expect(card).toContain("Baton Rouge <b>39\u00a0%</b>");
});
