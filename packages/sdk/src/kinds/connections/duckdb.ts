import type { Duration } from "@millrace/core";
import { type ConnectionSpec, connectionSpec, databasePath, lockTimeoutMs } from "./connection.ts";
import type { DuckdbConfig } from "./connection-config.ts";

export interface DuckdbOptions {
  /** The file, relative to the project's folder. It and its folder are made when missing. */
  readonly path: string;
  /** Opens an existing file without ever writing to it; several programs can then read it. Defaults to false. */
  readonly readOnly?: boolean;
  /**
   * How long to wait while another program has the file open: DuckDB allows one that writes. Defaults to one minute.
   */
  readonly lockTimeout?: Duration;
  /** DuckDB's settings: `{ memory_limit: "2GB", threads: 2 }`. Defaults to DuckDB's own. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Statements for each session, before the task's: `["LOAD httpfs"]`. Defaults to none. */
  readonly setup?: readonly string[];
}

/**
 * A DuckDB database file, by the package `@duckdb/node-api`. Its tasks take turns, because DuckDB allows one writing
 * process; two connections to one file would wait for each other. Sessions run in the time zone UTC.
 */
export function duckdb(options: DuckdbOptions): ConnectionSpec {
  const path = databasePath(options.path, "duckdb");
  const readOnly = options.readOnly ?? false;
  const config: DuckdbConfig = {
    path,
    readOnly,
    lockTimeoutMs: lockTimeoutMs(options.lockTimeout, "duckdb"),
    settings: options.settings ?? {},
    setup: options.setup ?? [],
  };
  return connectionSpec({
    kind: "duckdb",
    slots: readOnly ? null : 1,
    open: async (place) => {
      const { openDuckdb } = await import("./duckdb-session.ts");
      return await openDuckdb(config, place);
    },
  });
}
