import { openStore } from "@millrace/store";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { changes, eventRow, runRow } from "../rows.ts";

let database: FreshDatabase;
let client: Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new Client({ connectionString: database.url, options: "-c search_path=millrace" });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.remove();
});

/** Makes the partition of a day long past. */
async function makeDay(day: string): Promise<number> {
  const fromMs = Date.parse(day);
  const name = `event_${day.replaceAll("-", "")}`;
  await client.query(`create table ${name} partition of event for values from (${fromMs}) to (${fromMs + 86_400_000})`);
  return fromMs;
}

async function days(): Promise<string[]> {
  const { rows } = await client.query(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'event'::regclass order by 1",
  );
  return rows.map(({ name }) => name);
}

test("a day of events goes when the last of its runs is forgotten, and not before", async () => {
  const store = await openStore({ kind: "postgres", url: database.url, schema: "millrace" });
  const recent = await days();
  const [first, second] = [await makeDay("2020-01-01"), await makeDay("2020-01-02")];
  const leadership = await store.lead("test");
  const epoch = leadership?.epoch as never;
  const ended = { state: "success", settled: true, createdAtMs: first } as const;
  const [old, kept] = [runRow(ended), runRow(ended)];
  const events = [
    eventRow(old.id, { atMs: first }),
    eventRow(old.id, { atMs: second }),
    eventRow(kept.id, { atMs: second }),
  ];
  await store.commit(epoch, changes({ runs: [old, kept], events }));
  expect(await store.upkeep.compact()).toBe(false);
  await store.upkeep.forgetRuns(epoch, [old.id], second);
  while ((await store.upkeep.sweep(second)) > 0);
  // Who reads events holds it back for a while, and no longer than that.
  await client.query("begin");
  await client.query("select count(*) from event");
  expect(await store.upkeep.compact()).toBe(false);
  await client.query("commit");
  expect(await store.upkeep.compact()).toBe(true);
  expect(await store.upkeep.compact()).toBe(false);
  expect(await days()).toEqual(["event_20200102", ...recent]);
  expect(await store.history.listEvents(kept.id, 0, 10)).toHaveLength(1);
  await leadership?.release();
  await store.close();
});
