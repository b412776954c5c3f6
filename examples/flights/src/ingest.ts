import { readFile } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { csvParse } from "d3-dsv";
import { task } from "millrace";
import type { SourceFile } from "./datasets.ts";
import { Airport, Flight, WeatherDay } from "./records.ts";
import { type Reject, reasonOf, type SortedOut, sortOut } from "./sort-out.ts";

/** What one month of the flights file came to. */
export interface CheckedMonth {
  month: number;
  read: number;
  rejected: Reject[];
}

export const readAirports = task(
  "read-airports",
  { cache: true },
  async ({ file }: { file: SourceFile }): Promise<SortedOut<Airport>> =>
    sortOut("airports.csv", Airport, csvParse(await readFile(file.path, "utf8"))),
);

export const readWeather = task(
  "read-weather",
  { cache: true },
  async ({ file }: { file: SourceFile }): Promise<SortedOut<WeatherDay>> =>
    sortOut("weather.csv", WeatherDay, csvParse(await readFile(file.path, "utf8"))),
);

/** The months that the flights file has: known only once somebody has looked. */
export const listMonths = task("list-months", { cache: true }, async ({ file }: { file: SourceFile }) => {
  const months: number[] = [];
  for await (const { month } of readParquet<{ month: number }>(MONTHS, { file: file.path })) months.push(month);
  return months;
});

/**
 * Validates a month of flights, half a million of them, as they stream from the file. Good rows are only counted: they
 * are loaded from the file itself, without those that are returned here.
 */
export const checkMonth = task(
  "check-month",
  // Two at once, because each keeps a processor busy.
  { cache: true, timeout: "2m", concurrency: 2 },
  async ({ file, month }: { file: SourceFile; month: number }, { log }): Promise<CheckedMonth> => {
    const checked: CheckedMonth = { month, read: 0, rejected: [] };
    for await (const flight of readParquet<{ row: number }>(FLIGHTS_OF_MONTH, { file: file.path, month })) {
      checked.read += 1;
      const { success, error } = Flight.safeParse(flight);
      if (success) continue;
      const reject = { source: "flights", row: flight.row, reason: reasonOf(error), record: JSON.stringify(flight) };
      checked.rejected.push(reject);
    }
    log.info(`${checked.read} flights read, ${checked.rejected.length} rejected`);
    return checked;
  },
);

const MONTHS = "SELECT DISTINCT month(date)::INTEGER AS month FROM read_parquet($file) ORDER BY month";

const FLIGHTS_OF_MONTH = `
  SELECT file_row_number::INTEGER AS row, date, delay::INTEGER AS delay, distance::INTEGER AS distance, origin, destination
  FROM read_parquet($file, file_row_number = true)
  WHERE month(date) = $month`;

/** Rows of a Parquet file, read by an in-memory DuckDB a few thousand at a time. */
async function* readParquet<Row>(query: string, values: Record<string, string | number>): AsyncGenerator<Row> {
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    const result = await connection.stream(query, values);
    for await (const rows of result.yieldRowObjectJs()) yield* rows as Row[];
  } finally {
    connection.closeSync();
  }
}
