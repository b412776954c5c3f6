import { type Duration, MillraceError, parseDuration } from "@millrace/core";
import type { SqlSession } from "../sql/session.ts";
import { neverAgain } from "../verdict.ts";

const CONNECTION = Symbol.for("millrace.connection");

/** A database as `millrace.config.ts` declares it. It holds no open handle: workers open it when a task asks. */
export interface ConnectionSpec {
  readonly [CONNECTION]: true;
  readonly kind: "sqlite" | "duckdb" | "postgres";
  /** How many attempts may use it at once, over the whole project; null: as many as there are. */
  readonly slots: number | null;
  /** Names of the stored secrets that it needs. Defaults to none. */
  readonly secrets?: readonly string[];
  open(place: OpenPlace): Promise<SqlSession>;
}

/** Where and for whom a connection is opened. */
export interface OpenPlace {
  /** The connection's name in the configuration. */
  readonly name: string;
  /** Relative paths are resolved against it. */
  readonly projectDir: string;
  /** Ends waiting for locks, and queries where the database can be interrupted. */
  readonly signal: AbortSignal;
  /** The value of a stored secret. */
  secret(name: string): Promise<string>;
}

/** Marks a declared connection. */
export function connectionSpec(spec: Omit<ConnectionSpec, typeof CONNECTION>): ConnectionSpec {
  return Object.freeze({ [CONNECTION]: true as const, ...spec });
}

/** Recognises a declared connection of any copy of this package. */
export function isConnectionSpec(value: unknown): value is ConnectionSpec {
  return typeof value === "object" && value !== null && CONNECTION in value;
}

/** How long a task waits for a database that another program has locked, where nothing else is said. */
const LOCK_TIMEOUT: Duration = "1m";

export function lockTimeoutMs(timeout: Duration | undefined, kind: string): number {
  return parseDuration(timeout ?? LOCK_TIMEOUT, `lockTimeout of ${kind}`);
}

/** The path of a database file, or a refusal that says what is missing. */
export function databasePath(path: unknown, kind: string): string {
  if (typeof path === "string" && path !== "") return path;
  throw neverAgain(
    new MillraceError("INVALID_OPTION", `${kind}: the option \`path\` is missing.`, {
      hint: `Name the file: ${kind}({ path: "./data/shop.db" }).`,
    }),
  );
}
