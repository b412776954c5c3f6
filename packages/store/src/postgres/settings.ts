import { DEFAULT_SCHEMA, requireSchemaName } from "../database-address.ts";

/** How a store on PostgreSQL is opened. */
export interface PostgresStoreOptions {
  /** As PostgreSQL's own programs take it. */
  readonly url: string;
  /** The schema that holds Millrace's tables; it is made when it is missing. Defaults to `millrace`. */
  readonly schema?: string;
  /**
   * How long a leader leads without renewing, in milliseconds by the database's clock. Shorter finds a dead leader sooner,
   * and loses a living one whose machine or database pauses for two thirds of it. Defaults to 3,000.
   */
  readonly leaseMs?: number;
  /**
   * How long reads, commands and the question for the lead wait for a database that is away before they fail, in
   * milliseconds. Commits do not wait: their leader must know. Defaults to 15,000.
   */
  readonly patienceMs?: number;
  /**
   * How long a small commit waits for its answer, in milliseconds; large ones wait longer. After that the connection is
   * given up and the leader learns on another what became of the commit. Defaults to 2,000.
   */
  readonly answerMs?: number;
  /** How long connecting may take, in milliseconds. Defaults to 5,000. */
  readonly connectTimeoutMs?: number;
  /**
   * How many connections reads share, at most. A store has up to three more: for commits, for the lease and for hints.
   * Defaults to 4.
   */
  readonly maxReaders?: number;
  /** How often to look for changes when no hint comes, in milliseconds. Defaults to 1,000. */
  readonly pollMs?: number;
}

/** The options, complete. */
export type PostgresSettings = Readonly<Required<PostgresStoreOptions>>;

export function resolveSettings(options: PostgresStoreOptions): PostgresSettings {
  requireSchemaName(options.schema ?? DEFAULT_SCHEMA);
  return Object.freeze({
    schema: DEFAULT_SCHEMA,
    leaseMs: 3_000,
    patienceMs: 15_000,
    answerMs: 2_000,
    connectTimeoutMs: 5_000,
    maxReaders: 4,
    pollMs: 1_000,
    ...options,
  });
}
