import { MillraceError } from "@millrace/core";
import { type DatabaseAddress, describeAddress } from "./database-address.ts";
import { schemaVersion } from "./migrations.ts";
import { openStore } from "./open-store.ts";
import { exportSqlite } from "./sqlite/export.ts";
import { SqliteTarget } from "./sqlite/import.ts";
import { LineReader, LineWriter, type Part } from "./transfer/format.ts";
import { importParts, type Target } from "./transfer/import-parts.ts";

/**
 * Everything that a database knows of a project, as text, in pieces; `transfer/format.ts` says what it looks like. It is
 * how things are at one moment, whoever writes meanwhile. Artifacts and logs are files and not in it.
 */
export async function* exportStore(address: DatabaseAddress): AsyncGenerator<string, number> {
  const lines = new LineWriter();
  for await (const parts of partsOf(address)) yield lines.write(parts);
  yield lines.end();
  return lines.rows;
}

async function* partsOf(address: DatabaseAddress): AsyncGenerator<readonly Part[]> {
  if (address.kind === "sqlite") yield* exportSqlite(address.path);
  else {
    // Makes the schema if there is none, and waits for a server that is about to be ready.
    await (await openStore(address)).close();
    const { makeConnector } = await import("./postgres/open.ts");
    const { exportPostgres } = await import("./postgres/export.ts");
    yield* exportPostgres(await makeConnector(address));
  }
}

/**
 * Fills an empty database with what `exportStore` gave, from either kind to either kind: ids, numbers and counters stay.
 * All or nothing; `USAGE` for a database with anything in it, an export of another version, or one that is damaged.
 *
 * @param lines the export, without the line feeds.
 * @returns the number of rows.
 */
export async function importStore(address: DatabaseAddress, lines: AsyncIterable<string>): Promise<number> {
  const store = await openStore(address);
  try {
    const leadership = await store.lead("import");
    if (leadership === undefined) throw isLed(address);
    const target = await openTarget(address);
    try {
      await target.requireEmpty();
      return await importParts(target, readParts(lines), schemaVersion(address.kind));
    } finally {
      await target.close();
      await leadership.release();
    }
  } finally {
    await store.close();
  }
}

async function openTarget(address: DatabaseAddress): Promise<Target> {
  if (address.kind === "sqlite") return new SqliteTarget(address.path);
  const { makeConnector } = await import("./postgres/open.ts");
  const { PostgresTarget } = await import("./postgres/import.ts");
  return PostgresTarget.open(await makeConnector(address));
}

async function* readParts(lines: AsyncIterable<string>): AsyncGenerator<Part> {
  const reader = new LineReader();
  for await (const line of lines) {
    const part = reader.read(line);
    if (part !== undefined) yield part;
  }
  reader.finish();
}

function isLed(address: DatabaseAddress): MillraceError {
  return new MillraceError("USAGE", `Another process leads the project in ${describeAddress(address)}.`, {
    hint: "Stop it first: an import is for a database that nobody works with.",
  });
}
