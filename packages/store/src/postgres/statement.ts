import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import { type Act, type CompiledAct, compileAct } from "../act.ts";
import type { Tables } from "../schema.ts";

/** SQL of the server's own kind, for what Kysely cannot say. The server prepares it once for each connection. */
export interface Statement {
  /** Names it on the server, where `pg_stat_statements` and its log show it. */
  readonly name: string;
  readonly text: string;
}

/** Whatever runs statements: a connection of its own, or one of many. */
export interface Queries {
  readonly query: <Row>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>;
  /** For what writes: how many rows it touched. */
  readonly run: (statement: Statement, values: readonly unknown[]) => Promise<number>;
}

/** What the client gives back. */
export interface Answer {
  readonly rows: readonly unknown[];
  readonly rowCount: number | null;
}

/** Statements over whatever sends them. */
export function queriesOf(send: (statement: Statement, values: readonly unknown[]) => Promise<Answer>): Queries {
  return {
    query: async <Row>(statement: Statement, values: readonly unknown[]) =>
      (await send(statement, values)).rows as Row[],
    run: async (statement, values) => (await send(statement, values)).rowCount ?? 0,
  };
}

/** Kysely builds and compiles queries here and never runs one. */
export const postgresQueries = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

const compiled = new WeakMap<object, CompiledAct>();

export function compiledAct(act: Act<never, unknown>): CompiledAct {
  let known = compiled.get(act);
  if (known === undefined) {
    known = compileAct(act as Act<object, unknown>, postgresQueries);
    compiled.set(act, known);
  }
  return known;
}

/** Runs an act and gives its rows. */
export function all<Args extends object, Row>(
  queries: Queries,
  act: Act<Args, Row>,
  given: NoInfer<Args>,
): Promise<Row[]> {
  const { sql, parameters } = compiledAct(act);
  return queries.query<Row>({ name: act.name, text: sql }, valuesOf(parameters, given));
}

/** The first row of an act, for those that give one or none. */
export async function get<Args extends object, Row>(
  queries: Queries,
  act: Act<Args, Row>,
  given: NoInfer<Args>,
): Promise<Row | undefined> {
  return (await all(queries, act, given))[0];
}

/** Runs an act that writes, and says how many rows it touched. */
export function run<Args extends object>(
  queries: Queries,
  act: Act<Args, unknown>,
  given: NoInfer<Args>,
): Promise<number> {
  const { sql, parameters } = compiledAct(act);
  return queries.run({ name: act.name, text: sql }, valuesOf(parameters, given));
}

function valuesOf(parameters: CompiledAct["parameters"], given: object): unknown[] {
  return parameters.map((parameter) =>
    "name" in parameter ? (given as Record<string, unknown>)[parameter.name] : parameter.constant,
  );
}
