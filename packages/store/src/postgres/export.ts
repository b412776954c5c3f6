import type { Client } from "pg";
import { schemaVersion } from "../migrations.ts";
import type { Counters, Part, Value } from "../transfer/format.ts";
import { TRANSFERRED } from "../transfer/tables.ts";
import { type Connector, destroy } from "./connector.ts";
import { toStoreError } from "./failure.ts";

/** Rows that are fetched together. */
const CHUNK_ROWS = 1_000;

/** Everything in the schema at one moment, in parts, through a cursor. Nobody's writes wait for it. */
export async function* exportPostgres(connector: Connector): AsyncGenerator<readonly Part[]> {
  let client: Client | undefined;
  try {
    client = await connector.connect("migrate");
    await client.query("begin isolation level repeatable read, read only");
    const [about] = await rowsOf<{ version: string }>(client, "select current_setting('server_version') as version");
    const from = `PostgreSQL ${about?.version.split(" ")[0] ?? ""}`;
    yield [
      { kind: "header", header: { schema: schemaVersion("postgres"), from, madeAt: new Date().toISOString() } },
      { kind: "counters", counters: await counters(client) },
    ];
    for (const { name, key } of TRANSFERRED) {
      const columns = await columnsOf(client, name);
      yield [{ kind: "table", table: name, columns }];
      const order = key.map(quoted).join(", ");
      await client.query(
        `declare rows no scroll cursor for select ${columns.map(quoted).join(", ")} from ${name} order by ${order}`,
      );
      for (;;) {
        const rows = await fetched(client);
        if (rows.length === 0) break;
        yield rows.map((row) => ({ kind: "row", row }));
      }
      await client.query("close rows");
    }
    await client.query("commit");
  } catch (error) {
    throw toStoreError(error, connector.place);
  } finally {
    if (client !== undefined) destroy(client);
  }
}

async function fetched(client: Client): Promise<Value[][]> {
  return (await client.query<Value[]>({ text: `fetch ${CHUNK_ROWS} from rows`, rowMode: "array" })).rows;
}

async function counters(client: Client): Promise<Counters> {
  const [row] = await rowsOf<Counters>(
    client,
    `select (select epoch from lease where cell = 'default') as epoch,
  last_run as run, last_attempt as attempt, last_event as event
from ledger where cell = 'default' order by ledger.epoch desc, ledger.number desc limit 1`,
  );
  return { epoch: 0, run: 0, attempt: 0, event: 0, ...row };
}

/** In the order of their names, which is the same on every database. */
export async function columnsOf(client: Client, table: string): Promise<readonly string[]> {
  const rows = await rowsOf<{ name: string }>(
    client,
    `select attname::text as name from pg_attribute
where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped order by attname collate "C"`,
  );
  return rows.map(({ name }) => name);
}

async function rowsOf<Row>(client: Client, text: string): Promise<Row[]> {
  return (await client.query(text)).rows as Row[];
}

export function quoted(name: string): string {
  return `"${name}"`;
}
