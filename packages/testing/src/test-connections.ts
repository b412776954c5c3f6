import { MillraceError } from "@millrace/core";
import { type Connection, type Connections, type ConnectionsConfig, openConnections } from "@millrace/sdk";

/** How the authoring API marks what `sqlite(…)`, `duckdb(…)` and `postgres(…)` make. */
const DECLARED = Symbol.for("millrace.connection");

/**
 * The connections of one attempt: those that were declared are opened when first used, as a worker would; anything else
 * is a stand-in, and is handed out as it is.
 */
export function testConnections(
  given: Readonly<Record<string, unknown>>,
  place: Parameters<typeof openConnections>[1],
): Connections {
  const declared = openConnections({ connections: given } as ConnectionsConfig, place);
  return {
    connection: (name) => {
      if (!Object.hasOwn(given, name)) throw missing(name, Object.keys(given));
      const value = given[name];
      return isDeclared(value) ? declared.connection(name) : (value as Connection);
    },
    close: () => declared.close(),
  };
}

function isDeclared(value: unknown): boolean {
  return typeof value === "object" && value !== null && DECLARED in value;
}

function missing(name: string, known: readonly string[]): MillraceError {
  const others = known.length === 0 ? "" : ` It has ${known.join(", ")}.`;
  return new MillraceError("MISSING_CONNECTION", `The test has no connection "${name}".${others}`, {
    hint: `Hand it in: testFlow(flow).withConnections({ ${JSON.stringify(name)}: sqlite({ path: … }) }).`,
  });
}
