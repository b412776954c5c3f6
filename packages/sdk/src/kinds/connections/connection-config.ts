import type { MaybeSecret } from "../secret.ts";

/** Options of a SQLite connection, complete. */
export interface SqliteConfig {
  readonly path: string;
  readonly readOnly: boolean;
  readonly lockTimeoutMs: number;
  readonly pragmas: Readonly<Record<string, string | number>>;
}

/** Options of a DuckDB connection, complete. */
export interface DuckdbConfig {
  readonly path: string;
  readonly readOnly: boolean;
  readonly lockTimeoutMs: number;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly setup: readonly string[];
}

/** Options of a PostgreSQL connection, complete. */
export interface PostgresConfig {
  readonly url: MaybeSecret;
  readonly connectTimeoutMs: number;
  readonly settings: Readonly<Record<string, string | number>>;
}
