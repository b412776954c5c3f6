import { didYouMean, MillraceError } from "@millrace/core";
import { inputFields } from "../input-fields.ts";
import { bindStatement } from "../sql/bind.ts";
import { describeFailure } from "../sql/failure.ts";
import { collectRows } from "../sql/rows.ts";
import { parseScript } from "../sql/script.ts";
import type { SqlSession } from "../sql/session.ts";
import { neverAgain } from "../verdict.ts";
import { type ConnectionSpec, isConnectionSpec } from "./connection.ts";

/** A declared database in a running task: `context.connection("shop")`. It is opened when first used. */
export interface Connection {
  /** Its name in the configuration. */
  readonly name: string;
  readonly kind: ConnectionSpec["kind"];
  /**
   * Runs one statement and gives its rows. `:name` stands for a value of `values`, which is bound, never pasted.
   *
   * @example await context.connection("shop").query("SELECT * FROM orders WHERE id = :id", { id })
   */
  query<Row = Record<string, unknown>>(statement: string, values?: Readonly<Record<string, unknown>>): Promise<Row[]>;
  /** The open session, for task kinds: the client library's own object is in `client`. */
  session(): Promise<SqlSession>;
}

/** The connections of one attempt. */
export interface Connections {
  /** @throws MillraceError `MISSING_CONNECTION` naming those there are. */
  connection(name: string): Connection;
  /** Closes those that were opened. */
  close(): Promise<void>;
}

/** What a configuration says about connections. */
export interface ConnectionsConfig {
  readonly connections?: Readonly<Record<string, ConnectionSpec>>;
}

/** For whom connections are opened. */
export interface AttemptPlace {
  readonly projectDir: string;
  readonly signal: AbortSignal;
  /** The value of a stored secret, for addresses that are one. */
  secret(name: string): Promise<string>;
}

/** Finds a declared connection. Throws `MISSING_CONNECTION` with what was probably meant. */
export function resolveConnection(config: ConnectionsConfig, name: string): ConnectionSpec {
  const declared = config.connections ?? {};
  const spec = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (isConnectionSpec(spec)) return spec;
  const names = Object.keys(declared);
  const hint =
    names.length > 0
      ? didYouMean(name, names, "connections")
      : `Declare it in millrace.config.ts: connections: { ${name}: sqlite({ path: "./data/${name}.db" }) }.`;
  throw neverAgain(new MillraceError("MISSING_CONNECTION", `There is no connection "${name}".`, { hint }));
}

/** Hands out the connections of one attempt; whoever runs the attempt closes them when it has ended. */
export function openConnections(config: ConnectionsConfig, place: AttemptPlace): Connections {
  const open = new Map<string, OpenConnection>();
  return {
    connection: (name) => {
      const known = open.get(name) ?? new OpenConnection(name, resolveConnection(config, name), place);
      open.set(name, known);
      return known;
    },
    close: async () => {
      const closing = [...open.values()].map((connection) => connection.close());
      open.clear();
      await Promise.all(closing);
    },
  };
}

/** The pool of a connection: `sql` tasks claim one slot of it, and it has as many as the connection allows. */
export function connectionPool(name: string): string {
  return `connection:${name}`;
}

/** Sizes of the pools of all connections that limit how many attempts use them at once. */
export function connectionPools(config: ConnectionsConfig): Readonly<Record<string, number>> {
  const limited = Object.entries(config.connections ?? {}).flatMap(([name, spec]) =>
    spec.slots === null ? [] : [[connectionPool(name), spec.slots] as const],
  );
  return Object.fromEntries(limited);
}

class OpenConnection implements Connection {
  readonly name: string;
  readonly kind: ConnectionSpec["kind"];
  readonly #spec: ConnectionSpec;
  readonly #place: AttemptPlace;
  #session: Promise<SqlSession> | undefined;

  constructor(name: string, spec: ConnectionSpec, place: AttemptPlace) {
    this.name = name;
    this.kind = spec.kind;
    this.#spec = spec;
    this.#place = place;
  }

  async query<Row>(statement: string, values: Readonly<Record<string, unknown>> = {}): Promise<Row[]> {
    const session = await this.session();
    const script = parseScript(statement, session.dialect);
    const source = { text: statement, what: `A statement for connection "${this.name}"`, file: null };
    const [only, ...others] = script.statements;
    if (only === undefined || others.length > 0) {
      throw new MillraceError("INPUT_INVALID", `${source.what} is not one statement but ${script.statements.length}.`, {
        hint: "Call `query` once for each, or use a `sql` task.",
      });
    }
    const rendered = bindStatement({ script, source, session, fields: inputFields(values, this.name) }, only);
    try {
      return (await collectRows(await session.run(rendered))) as Row[];
    } catch (failure) {
      throw describeFailure(failure, source, rendered);
    }
  }

  session(): Promise<SqlSession> {
    this.#session ??= this.#spec.open({ name: this.name, ...this.#place }).catch((failed: unknown) => {
      // The next one who asks tries again.
      this.#session = undefined;
      throw failed;
    });
    return this.#session;
  }

  async close(): Promise<void> {
    const opened = await this.#session?.catch(() => undefined);
    this.#session = undefined;
    await opened?.close();
  }
}
