import { MillraceError } from "@millrace/core";
import type { Client } from "pg";
import { type AppliedMigration, type Migration, missingMigrations, readMigrations } from "../migrations.ts";
import { type Connector, destroy } from "./connector.ts";
import { firstEventPartitions } from "./event-partitions.ts";
import { type Queries, queriesOf, type Statement } from "./statement.ts";

/** What the database knows about its own schema; made with the first migration. */
const MIGRATION_TABLE = `
create table migration (
  number integer primary key,
  name text not null,
  checksum text not null,
  applied_at bigint not null
)`;

/** Refuses a schema that is not ours to write, and says whether ours is the newest. Reads only. */
export async function isCurrent(queries: Queries, connector: Connector): Promise<boolean> {
  return (await listMissing(queries, connector)).length === 0;
}

/** Brings the schema up to date: in one transaction, under a lock that lets one process at a time do so. */
export async function migrate(connector: Connector): Promise<void> {
  const client = await connector.connect("migrate");
  const queries = queriesOf((statement, values) => client.query({ ...statement, values: [...values] }));
  try {
    await client.query("begin");
    await queries.run(LOCK, [connector.settings.schema]);
    // Another process may have migrated while this one waited for the lock.
    await applyMissing(client, queries, connector);
    await client.query("commit");
    await client.end();
  } catch (error) {
    destroy(client);
    throw error;
  }
}

async function applyMissing(client: Client, queries: Queries, connector: Connector): Promise<void> {
  const { schema } = connector.settings;
  const missing = await listMissing(queries, connector);
  if (missing[0]?.number === 1) {
    // Who may use a schema that is there need not have the right to make one.
    if ((await queries.query(FIND_SCHEMA, [schema])).length === 0) await client.query(`create schema ${schema}`);
    await client.query(MIGRATION_TABLE);
  }
  for (const { sql, number, name, checksum } of missing) {
    // Without values, so that it may be many statements.
    await client.query(sql);
    await queries.run(RECORD_MIGRATION, [number, name, checksum]);
  }
  if (missing[0]?.number === 1) await client.query(firstEventPartitions());
}

/** The migrations that the schema still needs. Refuses one that is not ours, or a newer version's. */
export async function listMissing(queries: Queries, connector: Connector): Promise<readonly Migration[]> {
  const applied = await listApplied(queries, connector);
  return missingMigrations(connector.place, applied, readMigrations("postgres"));
}

async function listApplied(queries: Queries, connector: Connector): Promise<AppliedMigration[]> {
  const tables = await queries.query<{ name: string }>(LIST_TABLES, [connector.settings.schema]);
  if (tables.some(({ name }) => name === "migration")) return queries.query<AppliedMigration>(LIST_APPLIED, []);
  if (tables.length === 0) return [];
  throw new MillraceError("USAGE", `The schema of ${connector.place} belongs to another program.`, {
    hint: "Give Millrace a schema of its own with ?schema= in the URL. Nothing was changed.",
  });
}

const LOCK: Statement = { name: "", text: "select pg_advisory_xact_lock(hashtextextended('millrace ' || $1, 0))" };
const FIND_SCHEMA: Statement = { name: "", text: "select 1 from pg_namespace where nspname = $1" };
const LIST_TABLES: Statement = {
  name: "list own tables",
  text: "select relname::text as name from pg_class where relnamespace = to_regnamespace($1) and relkind in ('r', 'p')",
};
const LIST_APPLIED: Statement = {
  name: "list applied migrations",
  text: "select name, checksum from migration order by number",
};
const RECORD_MIGRATION: Statement = {
  name: "",
  text: "insert into migration values ($1, $2, $3, (extract(epoch from clock_timestamp()) * 1000)::bigint)",
};
