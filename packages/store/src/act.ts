import type { Compilable, Kysely } from "kysely";
import type { Tables } from "./schema.ts";

/**
 * One thing that the store does, as a query with places for its values. It is compiled once for each dialect and then
 * runs as a cached prepared statement: building and compiling a query costs ten times what running it does.
 */
export interface Act<Args extends object, Row> {
  readonly name: string;
  /** Builds the query. `given` has a slot where each of the values will be. */
  readonly build: (db: Kysely<Tables>, given: Args) => Compilable<Row>;
}

/** Declares an act. The types of its values and of its rows are those of the function. */
export function act<Args extends object, Row>(
  name: string,
  build: (db: Kysely<Tables>, given: Args) => Compilable<Row>,
): Act<Args, Row> {
  return { name, build };
}

/** The place of a value in a query that is not run yet. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Gives a slot for every name it is asked for. To the types it is the values themselves, because to Kysely a slot is
 * as good as a value: both end up as a parameter.
 */
const SLOTS = new Proxy({}, { get: (_target, name) => new Slot(String(name)) });

/** SQL with, in order, the names of the values it takes, or the constants that the act itself wrote. */
export interface CompiledAct {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

export type Parameter = { readonly name: string } | { readonly constant: unknown };

export function compileAct<Args extends object, Row>(act: Act<Args, Row>, db: Kysely<Tables>): CompiledAct {
  const { sql, parameters } = act.build(db, SLOTS as Args).compile();
  return {
    sql,
    parameters: parameters.map((value) => (value instanceof Slot ? { name: value.name } : { constant: value })),
  };
}
