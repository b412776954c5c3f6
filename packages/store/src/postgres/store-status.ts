import type { StoreStatus, TableStatus } from "@millrace/core";
import type { Queries } from "./statement.ts";

const MIGRATIONS = {
  name: "list migrations",
  text: "select number, name, applied_at from migration order by number",
};

/** Partitions count with the table that they are parts of. */
const TABLES = {
  name: "list tables",
  text: `select coalesce(parent.relname, part.relname)::text as name,
  sum(pg_total_relation_size(part.oid))::bigint as bytes,
  max((extract(epoch from greatest(stats.last_vacuum, stats.last_autovacuum)) * 1000)::bigint) as vacuumed_at
from pg_class as part
left join pg_inherits on pg_inherits.inhrelid = part.oid
left join pg_class as parent on parent.oid = pg_inherits.inhparent
left join pg_stat_all_tables as stats on stats.relid = part.oid
where part.relnamespace = current_schema()::regnamespace and part.relkind = 'r'
group by 1 order by 1`,
};

const FACTS = {
  name: "store facts",
  text: `select current_setting('server_version') as version,
  (select count(*) from forgotten_run) as forgotten,
  (select created_at from run order by num limit 1) as oldest`,
};

interface TableRow {
  readonly name: string;
  readonly bytes: number;
  readonly vacuumed_at: number | null;
}

/** Looks at everything. Nobody's writes wait for it, but it counts every row. */
export async function storeStatus(queries: Queries, place: string): Promise<StoreStatus> {
  const migrations = await queries.query<{ number: number; name: string; applied_at: number }>(MIGRATIONS, []);
  const tables = await queries.query<TableRow>(TABLES, []);
  const counted: TableStatus[] = [];
  for (const { name, bytes } of tables) counted.push({ name, bytes, rows: await countRows(queries, name) });
  const [facts] = await queries.query<{ version: string; forgotten: number; oldest: number | null }>(FACTS, []);
  const vacuumed = tables.flatMap((table) => (table.vacuumed_at === null ? [] : [table.vacuumed_at]));
  return {
    engine: `PostgreSQL ${facts?.version.split(" ")[0] ?? ""}`,
    address: place,
    migrations: migrations.map(({ number, name, applied_at: appliedAtMs }) => ({
      name: `${String(number).padStart(4, "0")}-${name}`,
      appliedAtMs,
    })),
    bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
    freeBytes: 0,
    logBytes: null,
    tables: counted,
    forgottenRuns: facts?.forgotten ?? 0,
    oldestRunAtMs: facts?.oldest ?? null,
    vacuumedAtMs: vacuumed.length === 0 ? null : Math.max(...vacuumed),
  };
}

async function countRows(queries: Queries, table: string): Promise<number> {
  const [row] = await queries.query<{ rows: number }>(
    { name: "", text: `select count(*) as rows from "${table}"` },
    [],
  );
  return row?.rows ?? 0;
}
