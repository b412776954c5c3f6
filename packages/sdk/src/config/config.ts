import {
  type AlertRule,
  KEEP_EVERYTHING,
  MillraceError,
  type PoolConfig,
  parseByteSize,
  type RetentionPolicy,
} from "@millrace/core";
import { type AlertOptions, readAlerts } from "../alerts/read-alerts.ts";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import type { RateLimitOptions, ResourceOptions } from "../task/limit-options.ts";
import { readRate, refuseUnknown } from "../task/read-limits.ts";
import { invalid, readCount, readText, unknownOption } from "../task/read-option.ts";
import { type RetentionOptions, readRetention } from "./retention.ts";
import { DEFAULT_SERVER, readServer, type ServerConfig, type ServerOptions } from "./server-options.ts";

/** Marks a project's configuration, across copies of this package. */
const CONFIG = Symbol.for("millrace.config");

/** A named place where data is, as `duckdb(…)`, `sqlite(…)`, `postgres(…)` or a user's own kind declares it. */
export interface ConnectionDeclaration {
  /** `duckdb`, `sqlite`, `postgres`, … */
  readonly kind: string;
}

/** A pool, where its number of slots is not all there is to say. */
export interface PoolOptions {
  /** 0 holds everything back that takes a slot. */
  readonly slots: number;
  /**
   * How often those who take slots of it may start, all together: for a service that counts requests. Defaults to no
   * limit.
   */
  readonly rateLimit?: Omit<RateLimitOptions, "key">;
  /** One line for lists. Defaults to none. */
  readonly description?: string;
}

/** What `millrace.config.ts` says. */
export interface ConfigOptions {
  /**
   * Globs of the files that export flows, relative to the project's folder. Defaults to every TypeScript and JavaScript
   * file below `flows`.
   */
  readonly flows?: string | readonly string[];
  /** By name: the databases that tasks use. Secrets in them are named with `env(…)`. Defaults to none. */
  readonly connections?: Readonly<Record<string, ConnectionDeclaration>>;
  /**
   * By name: the number of slots that the attempts of all flows share, or what else there is to say of a pool. A size that
   * `millrace pool set` gave counts before this one. Defaults to none.
   */
  readonly pools?: Readonly<Record<string, number | PoolOptions>>;
  /**
   * How many attempts run at once, each in a worker process. Most wait for something else; lower it where they compute or
   * need much memory. Defaults to four for each processor, at least 8 and at most 32.
   */
  readonly workers?: number;
  /**
   * What tasks may claim of the machine with their `resources`, all together: `{ cpu: 4, memory: "8GB" }`. Give less where
   * other programs need their part. Defaults to all processors and four fifths of the memory.
   */
  readonly resources?: ResourceOptions;
  /**
   * What of the past is removed, so that the database does not grow for ever. The newest run of each flow, its newest
   * success, and runs with work left always stay. Defaults to keeping everything.
   */
  readonly retention?: RetentionOptions;
  /**
   * Who is told of what: runs that fail, recover, are late or stuck, backfills that have ended, schedules and sensors that
   * keep failing. A server tells. Defaults to nobody.
   */
  readonly alerts?: readonly AlertOptions[];
  /**
   * Where people reach the server, as they type it: `"https://millrace.example.org"`. Links in alerts begin with it.
   * Defaults to none: alerts have no links.
   */
  readonly publicUrl?: string;
  /**
   * How `millrace server` works: the environment and the command line win over it. Defaults to what each of its options
   * says.
   */
  readonly server?: ServerOptions;
}

/** A project's configuration, complete. */
export interface ProjectConfig {
  readonly [CONFIG]: true;
  readonly flows: readonly string[];
  readonly connections: Readonly<Record<string, ConnectionDeclaration>>;
  readonly pools: Readonly<Record<string, number | PoolConfig>>;
  /** Null: as many as there are processors. */
  readonly workers: number | null;
  /** Null: as much as the machine has. */
  readonly resources: { readonly cpuMillis: number | null; readonly memoryBytes: number | null };
  readonly retention: RetentionPolicy;
  readonly alerts: readonly AlertRule[];
  /** Without a slash at its end. */
  readonly publicUrl: string | null;
  readonly server: ServerConfig;
}

const DEFAULT_FLOWS: readonly string[] = ["flows/**/*.{ts,js,mts,mjs}"];

const DEFAULTS: ProjectConfig = {
  [CONFIG]: true,
  flows: DEFAULT_FLOWS,
  connections: {},
  pools: {},
  workers: null,
  resources: { cpuMillis: null, memoryBytes: null },
  retention: KEEP_EVERYTHING,
  alerts: [],
  publicUrl: null,
  server: DEFAULT_SERVER,
};

/** As for tasks: names stand in messages and file names. */
const NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;

const READERS: { readonly [Option in keyof Required<ConfigOptions>]: (value: unknown) => Partial<ProjectConfig> } = {
  flows: (flows) => ({ flows: readGlobs(flows) }),
  connections: (connections) => ({ connections: readConnections(connections) }),
  pools: (pools) => ({ pools: readPools(pools) }),
  workers: (workers) => ({ workers: readCount(workers, 'option "workers" of the config') }),
  resources: (resources) => ({ resources: readMachine(resources, 'option "resources" of the config') }),
  retention: (retention) => ({ retention: readRetention(retention) }),
  alerts: (alerts) => ({ alerts: readAlerts(alerts) }),
  publicUrl: (url) => ({ publicUrl: readPublicUrl(url) }),
  server: (server) => ({ server: readServer(server) }),
};

/**
 * Declares a project: the default export of `millrace.config.ts`.
 *
 * @example
 * export default defineConfig({
 *   connections: { warehouse: duckdb({ path: "data/warehouse.duckdb" }) },
 *   pools: { "shop-api": 4 },
 * });
 */
export function defineConfig(options: ConfigOptions = {}): ProjectConfig {
  const site = new CallSite(defineConfig);
  return asConfigError(() =>
    withPlace(site, () => {
      let config = DEFAULTS;
      for (const [option, value] of Object.entries(options)) {
        if (value === undefined) continue;
        if (!Object.hasOwn(READERS, option)) throw unknownOption(option, "the config", Object.keys(READERS));
        config = { ...config, ...READERS[option as keyof ConfigOptions](value) };
      }
      return Object.freeze(config);
    }),
  );
}

/** The configuration that a module exported, made by any copy of this package; undefined for any other value. */
export function configOf(value: unknown): ProjectConfig | undefined {
  const isConfig = typeof value === "object" && value !== null && CONFIG in value;
  return isConfig ? (value as ProjectConfig) : undefined;
}

const ASKED_WRONG: ReadonlySet<string> = new Set(["INVALID_OPTION", "INVALID_NAME"]);

/** What is wrong in the config has a code of its own: no flow can be used before it is right. */
function asConfigError<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof MillraceError) || !ASKED_WRONG.has(thrown.code)) throw thrown;
    const { message, hint, frame } = thrown;
    throw new MillraceError("INVALID_CONFIG", message, {
      ...(hint === null ? {} : { hint }),
      ...(frame === null ? {} : { frame }),
    });
  }
}

function readGlobs(flows: unknown): readonly string[] {
  const globs: readonly unknown[] = Array.isArray(flows) ? flows : [flows];
  if (globs.length > 0 && globs.every((glob) => typeof glob === "string" && glob !== "")) {
    return Object.freeze([...(globs as readonly string[])]);
  }
  throw invalid('option "flows" of the config', 'a glob such as "flows/**/*.ts", or a list of globs', flows);
}

function readPublicUrl(url: unknown): string {
  const read = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
  const isPlain = read !== undefined && read.search === "" && read.hash === "" && read.username === "";
  if (isPlain && /^https?:$/.test(read.protocol)) return read.href.replace(/\/+$/, "");
  throw invalid('option "publicUrl" of the config', 'an address such as "https://millrace.example.org"', url);
}

function readConnections(connections: unknown): ProjectConfig["connections"] {
  const byName = readNamed(connections, "connections");
  for (const [name, connection] of Object.entries(byName)) {
    const kind: unknown = typeof connection === "object" && connection !== null && Reflect.get(connection, "kind");
    if (typeof kind !== "string") {
      throw invalid(
        `connection "${name}" of the config`,
        "made by duckdb(…), sqlite(…), postgres(…) or the like",
        connection,
      );
    }
  }
  return Object.freeze({ ...byName }) as ProjectConfig["connections"];
}

function readPools(pools: unknown): ProjectConfig["pools"] {
  const byName = Object.entries(readNamed(pools, "pools"));
  return Object.freeze(Object.fromEntries(byName.map(([name, pool]) => [name, readPool(name, pool)])));
}

function readPool(name: string, pool: unknown): number | PoolConfig {
  const what = `pool "${name}" in the config`;
  if (typeof pool !== "object" || pool === null) return readSlots(pool, what);
  refuseUnknown(pool, { slots: true, rateLimit: true, description: true }, what);
  const { slots, rateLimit, description } = pool as Partial<PoolOptions>;
  const where = `"rateLimit" of the ${what}`;
  if (rateLimit !== undefined) {
    if (typeof rateLimit !== "object" || rateLimit === null) {
      throw invalid(where, 'such as { limit: 10, per: "1m" }', rateLimit);
    }
    refuseUnknown(rateLimit, { limit: true, per: true, burst: true }, where);
  }
  return Object.freeze({
    slots: readSlots(slots, what),
    rate: rateLimit === undefined ? null : readRate(rateLimit, where),
    description: description === undefined ? null : readText(description, `"description" of the ${what}`),
  });
}

/** Without slots a pool is a gate that is closed, and somebody may have meant that. */
function readSlots(slots: unknown, what: string): number {
  if (typeof slots === "number" && Number.isSafeInteger(slots) && slots >= 0) return slots;
  throw invalid(`number of slots of ${what}`, "a whole number, 0 or more", slots);
}

function readMachine(resources: unknown, what: string): ProjectConfig["resources"] {
  if (typeof resources !== "object" || resources === null) {
    throw invalid(what, 'such as { cpu: 4, memory: "8GB" }', resources);
  }
  refuseUnknown(resources, { cpu: true, memory: true }, what);
  const { cpu, memory } = resources as ResourceOptions;
  if (cpu !== undefined && !(typeof cpu === "number" && cpu > 0 && cpu <= 1_000_000)) {
    throw invalid(`"cpu" in the ${what}`, "a number of processors above 0", cpu);
  }
  const bytes = memory === undefined ? null : parseByteSize(memory, `"memory" in the ${what}`);
  if (bytes === 0) throw invalid(`"memory" in the ${what}`, "more than nothing", memory);
  return Object.freeze({ cpuMillis: cpu === undefined ? null : Math.round(cpu * 1_000), memoryBytes: bytes });
}

function readNamed(value: unknown, option: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(`option "${option}" of the config`, "an object of names and what they stand for", value);
  }
  const odd = Object.keys(value).find((name) => !NAME.test(name));
  if (odd !== undefined) {
    throw invalid(`name in "${option}" of the config`, 'made of letters, digits, "_", "-" and "."', odd);
  }
  return value as Readonly<Record<string, unknown>>;
}
