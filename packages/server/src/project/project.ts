import type { AlertRule, PoolConfig, RetentionPolicy } from "@millrace/core";
import type { DatabaseAddress } from "@millrace/store";

/** A folder with a `millrace.config.ts`, as far as it is known without running any of its code. All paths absolute. */
export interface Project {
  readonly dir: string;
  readonly configFile: string;
  /** `.millrace` in the project's folder: database, versions, artifacts and logs. */
  readonly dataDir: string;
  /** Where the database is: a file of SQLite's, its path absolute, or a PostgreSQL server. */
  readonly database: DatabaseAddress;
  /** Where large values are kept. */
  readonly artifactsDir: string;
  /** Where attempts' logs are kept. */
  readonly logsDir: string;
}

/** What `millrace.config.ts` says, as plain data: the parts that need no user code to be read. */
export interface ProjectConfig {
  /** Where flow files are, as globs relative to the project's folder. */
  readonly flows: readonly string[];
  readonly connections: Readonly<Record<string, ConnectionInfo>>;
  /** By name, the number of slots, and what else is declared. */
  readonly pools: Readonly<Record<string, number | PoolConfig>>;
  /** How many attempts run at once, or null for the default of the machine. */
  readonly workers: number | null;
  /** What tasks may claim of the machine, or null for what it has. Left out by versions of before. */
  readonly resources?: { readonly cpuMillis: number | null; readonly memoryBytes: number | null };
  /** What of the past is kept, and how long. */
  readonly retention: RetentionPolicy;
  /** Who is told of what. Left out by versions of before. */
  readonly alerts?: readonly AlertRule[];
  /** Where people reach the server, without a slash at its end. Left out by versions of before. */
  readonly publicUrl?: string | null;
  /** How a server works, where nothing else says it. Left out by versions of before. */
  readonly server?: { readonly host: string | null; readonly port: number | null; readonly drainMs: number | null };
}

/** What may be known of a connection. Never an address or a secret. */
export interface ConnectionInfo {
  /** `sqlite`, `duckdb`, `postgres`, … */
  readonly kind: string;
  /** How many attempts may use it at once, or null for any number. */
  readonly slots: number | null;
  /** Stored secrets that it needs, by name. Left out where there are none. */
  readonly secrets?: readonly string[];
}
