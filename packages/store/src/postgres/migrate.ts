import { MillraceError } from "@millrace/core";
import type { Client } from "pg";
import { type AppliedMigration, type Migration, missingMigrations, readMigrations } from "../migrations.ts";
import { type Connector, destroy } from "./connector.ts";

/** What the database knows about its own schema; made with the first migration. */
const MIGRATION_TABLE = `
create table migration (
  number integer primary key,
  name text not null,
  checksum text not null,
  applied_at bigint not null
)`;

/**
 * Refuses a schema that is not ours to write, and brings ours up to date: in one transaction, under a lock that lets one
 * process at a time do so. A schema that is current is only read.
 */
export async function migrate(connector: Connector): Promise<void> {
  const client = await connector.connect("migrate");
  try {
    if ((await listMissing(client, connector)).length > 0) await migrateAlone(client, connector);
    await client.end();
  } catch (error) {
    destroy(client);
    throw error;
  }
}

async function migrateAlone(client: Client, connector: Connector): Promise<void> {
  const { schema } = connector.settings;
  await client.query("begin");
  await client.query("select pg_advisory_xact_lock(hashtextextended('millrace ' || $1, 0))", [schema]);
  // Another process may have migrated while this one waited for the lock.
  const missing = await listMissing(client, connector);
  if (missing[0]?.number === 1) {
    // Who may use a schema that is there need not have the right to make one.
    if (!(await hasSchema(client, schema))) await client.query(`create schema ${schema}`);
    await client.query(MIGRATION_TABLE);
  }
  for (const { sql, number, name, checksum } of missing) {
    await client.query(sql);
    await client.query(
      "insert into migration values ($1, $2, $3, (extract(epoch from clock_timestamp()) * 1000)::bigint)",
      [number, name, checksum],
    );
  }
  await client.query("commit");
}

async function hasSchema(client: Client, schema: string): Promise<boolean> {
  const { rows } = await client.query("select from pg_namespace where nspname = $1", [schema]);
  return rows.length > 0;
}

async function listMissing(client: Client, connector: Connector): Promise<readonly Migration[]> {
  const applied = await listApplied(client, connector);
  return missingMigrations(connector.place, applied, readMigrations("postgres"));
}

async function listApplied(client: Client, connector: Connector): Promise<AppliedMigration[]> {
  const { schema } = connector.settings;
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = to_regnamespace($1) and relkind in ('r', 'p')",
    [schema],
  );
  if (!rows.some(({ name }) => name === "migration")) {
    if (rows.length === 0) return [];
    throw new MillraceError("USAGE", `The schema ${schema} of ${connector.place} belongs to another program.`, {
      hint: "Give Millrace a schema of its own with ?schema= in the URL. Nothing was changed.",
    });
  }
  const applied = await client.query<AppliedMigration>("select name, checksum from migration order by number");
  return applied.rows;
}
