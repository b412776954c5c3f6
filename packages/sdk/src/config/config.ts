import { KEEP_EVERYTHING, MillraceError, type RetentionPolicy } from "@millrace/core";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { invalid, readCount, unknownOption } from "../task/read-policies.ts";
import { type RetentionOptions, readRetention } from "./retention.ts";

/** Marks a project's configuration, across copies of this package. */
const CONFIG = Symbol.for("millrace.config");

/** A named place where data is, as `duckdb(…)`, `sqlite(…)`, `postgres(…)` or a user's own kind declares it. */
export interface ConnectionDeclaration {
  /** `duckdb`, `sqlite`, `postgres`, … */
  readonly kind: string;
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
  /** By name: the number of slots that the attempts of all flows share. Defaults to none. */
  readonly pools?: Readonly<Record<string, number>>;
  /**
   * How many attempts run at once, each in a worker process. Most wait for something else; lower it where they compute or
   * need much memory. Defaults to four for each processor, at least 8 and at most 32.
   */
  readonly workers?: number;
  /**
   * What of the past is removed, so that the database does not grow for ever. The newest run of each flow, its newest
   * success, and runs with work left always stay. Defaults to keeping everything.
   */
  readonly retention?: RetentionOptions;
}

/** A project's configuration, complete. */
export interface ProjectConfig {
  readonly [CONFIG]: true;
  readonly flows: readonly string[];
  readonly connections: Readonly<Record<string, ConnectionDeclaration>>;
  readonly pools: Readonly<Record<string, number>>;
  /** Null: as many as there are processors. */
  readonly workers: number | null;
  readonly retention: RetentionPolicy;
}

const DEFAULT_FLOWS: readonly string[] = ["flows/**/*.{ts,js,mts,mjs}"];

/** As for tasks: names stand in messages and file names. */
const NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;

const READERS: { readonly [Option in keyof Required<ConfigOptions>]: (value: unknown) => Partial<ProjectConfig> } = {
  flows: (flows) => ({ flows: readGlobs(flows) }),
  connections: (connections) => ({ connections: readConnections(connections) }),
  pools: (pools) => ({ pools: readPoolSlots(pools) }),
  workers: (workers) => ({ workers: readCount(workers, 'option "workers" of the config') }),
  retention: (retention) => ({ retention: readRetention(retention) }),
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
      let config: ProjectConfig = {
        [CONFIG]: true,
        flows: DEFAULT_FLOWS,
        connections: {},
        pools: {},
        workers: null,
        retention: KEEP_EVERYTHING,
      };
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

/** What is wrong in the config has a code of its own: no flow can be used before it is right. */
function asConfigError<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof MillraceError) || thrown.code !== "INVALID_OPTION") throw thrown;
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

function readPoolSlots(pools: unknown): ProjectConfig["pools"] {
  const byName = readNamed(pools, "pools");
  for (const [name, slots] of Object.entries(byName))
    readCount(slots, `number of slots of pool "${name}" in the config`);
  return Object.freeze({ ...byName }) as ProjectConfig["pools"];
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
