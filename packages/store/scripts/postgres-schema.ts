import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startPostgres } from "../../../test/setup/embedded-postgres.ts";
import { openStore } from "../src/open-store.ts";

/**
 * Every table with its columns, keys, settings and indexes, from what the server knows: the same text from every version
 * of it. Days of events have the look of their table, and come and go.
 */
const DESCRIBE = `
select format('create table %I (%s)%s%s;', class.relname, body.text,
    case when class.relkind = 'p' then ' partition by ' || pg_get_partkeydef(class.oid) else '' end,
    ' with (' || array_to_string(class.reloptions, ', ') || ')') as whole,
  format('create table %I (%s)%s;', class.relname, body.text,
    case when class.relkind = 'p' then ' partition by ' || pg_get_partkeydef(class.oid) else '' end) as plain,
  array(
    select regexp_replace(pg_get_indexdef(indexrelid), ' ON (ONLY )?\\w+\\.', ' on ') || ';' from pg_index
    where indrelid = class.oid and not exists (select from pg_constraint where conindid = indexrelid)
    order by indexrelid
  ) as indexes,
  array(
    select format('alter table %I alter column %I set (%s);', class.relname, attname, array_to_string(attoptions, ', '))
    from pg_attribute where attrelid = class.oid and attoptions is not null order by attnum
  ) as settings
from pg_class as class
cross join lateral (
  select string_agg(line, E',\\n' order by kind, place) as text from (
    select 0 as kind, attnum as place, E'\\n  ' || format('%I %s', attname, format_type(atttypid, atttypmod))
      || case when collname = 'C' then ' collate "C"' else '' end
      || case when attnotnull then ' not null' else '' end
      || case attidentity when 'a' then ' generated always as identity' else '' end as line
    from pg_attribute left join pg_collation on pg_collation.oid = attcollation
    where attrelid = class.oid and attnum > 0 and not attisdropped
    union all
    select 1, row_number() over (order by contype, conname), E'\\n  ' || pg_get_constraintdef(oid) from pg_constraint
    where conrelid = class.oid and contype in ('p', 'u', 'c', 'f')
  ) as lines
) as body
where class.relnamespace = 'millrace'::regnamespace and class.relkind in ('r', 'p') and not class.relispartition
order by class.oid`;

interface TableRow {
  readonly whole: string | null;
  readonly plain: string;
  readonly indexes: readonly string[];
  readonly settings: readonly string[];
}

/** The schema that the migrations make. Starts a server of its own to make it. */
export async function postgresSchema(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-snapshot-"));
  const server = await startPostgres(folder, { trust: true });
  try {
    await (await openStore({ kind: "postgres", url: server.url, schema: "millrace" })).close();
    const client = new Client({ connectionString: server.url, options: "-c search_path=millrace" });
    await client.connect();
    const { rows } = await client.query<TableRow>(DESCRIBE);
    await client.end();
    return rows
      .map(({ whole, plain, indexes, settings }) =>
        [
          (whole ?? plain).replaceAll(",\n\n", ",\n").replace(/(?<=\S)\)(?= with| partition|;)/, "\n)"),
          ...settings,
          ...indexes,
        ].join("\n"),
      )
      .join("\n\n");
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}
