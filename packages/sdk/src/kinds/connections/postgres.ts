import { type Duration, MillraceError, parseDuration } from "@millrace/core";
import { isSecret, type MaybeSecret, secretNames } from "../secret.ts";
import { type ConnectionSpec, connectionSpec } from "./connection.ts";
import type { PostgresConfig } from "./connection-config.ts";

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`, best from the environment: `env("PG_URL")`. */
  readonly url: MaybeSecret;
  /** How long to wait for the server to answer at the start. Defaults to 10 seconds. */
  readonly connectTimeout?: Duration;
  /** Settings of each session: `{ search_path: "shop", statement_timeout: "5min" }`. Defaults to the server's own. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** How many attempts may be connected at once, over the whole project. Defaults to no limit. */
  readonly maxConnections?: number;
}

/** A PostgreSQL database, 14 or newer, by the package `pg`. Sessions run in the time zone UTC. */
export function postgres(options: PostgresOptions): ConnectionSpec {
  if (!isSecret(options.url) && (typeof options.url !== "string" || options.url === "")) {
    throw new MillraceError("INVALID_OPTION", "postgres: the option `url` is missing.", {
      hint: 'Give the address, best from the environment: postgres({ url: env("PG_URL") }).',
    });
  }
  const config: PostgresConfig = {
    url: options.url,
    connectTimeoutMs: parseDuration(options.connectTimeout ?? "10s", "connectTimeout of postgres"),
    settings: { TimeZone: "UTC", DateStyle: "ISO, YMD", IntervalStyle: "postgres", ...options.settings },
  };
  return connectionSpec({
    kind: "postgres",
    slots: options.maxConnections ?? null,
    secrets: secretNames(options.url),
    open: async (place) => {
      const { openPostgres } = await import("./postgres-session.ts");
      return await openPostgres(config, place);
    },
  });
}
