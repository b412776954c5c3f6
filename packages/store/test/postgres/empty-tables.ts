import { Client } from "pg";

/** Leaves the tables as the migrations made them. */
export async function emptyTables(url: string, schema = "millrace"): Promise<void> {
  const client = new Client({ connectionString: url, options: `-c search_path=${schema}` });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = $1::regnamespace and relkind = 'r'
       and relname not in ('migration', 'project')`,
      [schema],
    );
    const statements = [
      "update project set active_version = null, activated_at = null",
      ...rows.map(({ name }) => `delete from ${name}`),
      "insert into lease (cell, epoch, expires_at) values ('default', 0, 0)",
      `insert into ledger (cell, epoch, number, last_run, last_attempt, last_event, last_event_at, written)
       values ('default', 0, 0, 0, 0, 0, 0, true)`,
    ];
    await client.query(statements.join(";"));
  } finally {
    await client.end();
  }
}
