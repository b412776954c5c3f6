import { randomUUID } from "node:crypto";
import type { Client, ClientBase, ClientConfig, Pool, PoolConfig } from "pg";
import { describeAddress } from "../database-address.ts";
import type { PostgresSettings } from "./settings.ts";
import { escapeText, unescapeText } from "./text.ts";

/** What the package has to offer, as `import` gives it. */
export type Driver = typeof import("pg")["default"];

/** What a connection is for: each has limits that fit its work. */
export type Role = "read" | "commit" | "lease" | "hints" | "migrate";

/** In milliseconds. A limit that is met frees what others wait for; none is met by work that goes well. */
const LIMITS: Readonly<Record<Role, { readonly statement: number; readonly lock: number; readonly idle: number }>> = {
  read: { statement: 60_000, lock: 5_000, idle: 2_000 },
  commit: { statement: 30_000, lock: 5_000, idle: 2_000 },
  lease: { statement: 5_000, lock: 2_000, idle: 2_000 },
  hints: { statement: 5_000, lock: 2_000, idle: 5_000 },
  migrate: { statement: 0, lock: 60_000, idle: 60_000 },
};

/**
 * Each of our statements has one good plan, along an index, whatever the values and however many rows there are. The
 * server would guess at it from statistics that a young table does not have, and keep what it guessed: a plan that was
 * made for an empty table reads a full one from end to end. And compiling it takes longer than any of them runs.
 */
export const PLANS: readonly (readonly [setting: string, value: string])[] = [
  ["plan_cache_mode", "force_generic_plan"],
  ["enable_seqscan", "off"],
  ["enable_bitmapscan", "off"],
  ["enable_hashjoin", "off"],
  ["enable_mergejoin", "off"],
  // As dear as it is on a disk without moving parts; else an index that fits loses to one that has the right order.
  ["random_page_cost", "1.1"],
  ["jit", "off"],
];

/** Object ids of types that never change. */
const BIGINT = 20;
const TEXT = 25;

/** Makes connections to one database, each for a role. */
export class Connector {
  /** Tells this store from all others, in hints and in `pg_stat_activity`. */
  readonly storeId = randomUUID().slice(0, 8);
  readonly settings: PostgresSettings;
  /** The database, for people: without the password. */
  readonly place: string;
  readonly #driver: Driver;

  constructor(driver: Driver, settings: PostgresSettings) {
    this.#driver = driver;
    this.settings = settings;
    this.place = describeAddress({ kind: "postgres", ...settings });
  }

  /** A new connection, ready to use. The caller ends it. */
  async connect(role: Role): Promise<Client> {
    const client = new this.#driver.Client(this.#config(role));
    // What breaks is told by the query that it breaks; without a listener it would end the process.
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      destroy(client);
      throw error;
    }
  }

  /** Connections for reads, made when they are needed and ended when they are not. */
  makePool(): Pool {
    const config: PoolConfig = {
      ...this.#config("read"),
      max: this.settings.maxReaders,
      // Longer than the server takes at most: then the way to it is cut.
      query_timeout: LIMITS.read.statement + 5_000,
      idleTimeoutMillis: 30_000,
      maxLifetimeSeconds: 3_600,
    };
    const pool = new this.#driver.Pool(config);
    // An idle connection that breaks is dropped by the pool; nobody else has to know.
    pool.on("error", () => undefined);
    return pool;
  }

  #config(role: Role): ClientConfig {
    const { url, schema, connectTimeoutMs } = this.settings;
    const { statement, lock, idle } = LIMITS[role];
    const given = new URLSearchParams(url.split("?")[1] ?? "");
    const options = [
      given.get("options"),
      `-c search_path=${schema}`,
      `-c statement_timeout=${statement}`,
      `-c lock_timeout=${lock}`,
      `-c idle_in_transaction_session_timeout=${idle}`,
      ...PLANS.map(([name, value]) => `-c ${name}=${value}`),
      ...(role === "commit" ? ["-c tcp_user_timeout=10000"] : []),
    ];
    const name = given.get("application_name") ?? "millrace";
    for (const ours of ["options", "application_name"]) given.delete(ours);
    const [whole = ""] = url.split("?");
    const rest = given.toString();
    return {
      connectionString: rest === "" ? whole : `${whole}?${rest}`,
      options: options.filter((option) => option !== null).join(" "),
      application_name: `${name} ${role} ${this.storeId}`,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      types: { getTypeParser: (oid, format) => this.#parser(oid, format) as never },
    };
  }

  #parser(oid: number, format: "text" | "binary" | undefined): unknown {
    if (oid === BIGINT) return Number;
    if (oid === TEXT) return unescapeText;
    return this.#driver.types.getTypeParser(oid as never, format as never);
  }
}

/** Ends a connection without a word to the server, which may not listen any more. */
export function destroy(client: ClientBase): void {
  const { connection } = client as ClientBase & { readonly connection?: { readonly stream?: { destroy(): void } } };
  connection?.stream?.destroy();
}

/** Values as the client takes them. Bytes it would take too, were they not a view of something larger. */
export function toParameter(value: unknown): unknown {
  if (typeof value === "string") return escapeText(value);
  return value instanceof Uint8Array && !Buffer.isBuffer(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value;
}
