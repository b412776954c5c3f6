import type { Duration } from "@millrace/core";
import { type ConnectionSpec, connectionSpec, databasePath, lockTimeoutMs } from "./connection.ts";
import type { SqliteConfig } from "./connection-config.ts";

export interface SqliteOptions {
  /** The file, relative to the project's folder. It and its folder are made when missing. */
  readonly path: string;
  /** Opens an existing file without ever writing to it. Defaults to false. */
  readonly readOnly?: boolean;
  /** How long to wait while another program writes to it. Defaults to one minute. */
  readonly lockTimeout?: Duration;
  /** Pragmas for each session: `{ cache_size: -64000 }`. Defaults to `{ foreign_keys: "on" }`. */
  readonly pragmas?: Readonly<Record<string, string | number>>;
}

/** A SQLite database file, by Node's built-in `node:sqlite`. */
export function sqlite(options: SqliteOptions): ConnectionSpec {
  const path = databasePath(options.path, "sqlite");
  const config: SqliteConfig = {
    path,
    readOnly: options.readOnly ?? false,
    lockTimeoutMs: lockTimeoutMs(options.lockTimeout, "sqlite"),
    pragmas: options.pragmas ?? { foreign_keys: "on" },
  };
  return connectionSpec({
    kind: "sqlite",
    slots: null,
    open: async (place) => {
      const { openSqlite } = await import("./sqlite-session.ts");
      return await openSqlite(config, place);
    },
  });
}
