import type { Leadership, Store } from "@millrace/core";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { changes, eventRow, runRow } from "../rows.ts";
import { emptyTables } from "./empty-tables.ts";

const DAY_MS = 86_400_000;
let database: FreshDatabase;
let store: Store;
let leadership: Leadership;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.remove());
beforeEach(async () => {
  store = await openStore(parseDatabaseUrl(database.url));
  leadership = (await store.lead("test")) as Leadership;
});
afterEach(async () => {
  await store.close();
  await emptyTables(database.url);
});

async function writeAt(...instants: readonly number[]): Promise<void> {
  const run = runRow({ createdAtMs: Math.min(...instants) });
  const events = instants.map((atMs) => eventRow(run.id, { atMs }));
  await store.commit(leadership.epoch, changes({ runs: [run], events }));
}

const seqs = (events: readonly { readonly seq: number }[]) => events.map(({ seq }) => seq);

describe("events of many days", () => {
  test("are read in the order of their numbers, page by page, whatever the clocks of their leaders said", async () => {
    const now = Date.now();
    // The second leader's clock is two days behind, the third's three days ahead.
    await writeAt(now - 400 * DAY_MS, now, now - 2 * DAY_MS, now - 2 * DAY_MS + 1);
    await writeAt(now + 3 * DAY_MS, now + 1, now + 2);
    expect(seqs(await store.history.listEvents(null, 0, 99))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (let after = 0; after < 7; after += 1) {
      expect(seqs(await store.history.listEvents(null, after, 1))).toEqual([after + 1]);
    }
    // Back to the beginning.
    expect(seqs(await store.history.listEvents(null, 0, 2))).toEqual([1, 2]);
    const [second, first] = await store.history.listRuns({ limit: 2 });
    expect(seqs(await store.history.listEvents(first?.id ?? null, 0, 99))).toEqual([1, 2, 3, 4]);
    expect(seqs(await store.history.listEvents(second?.id ?? null, 5, 99))).toEqual([6, 7]);
  });

  test("that are written after somebody began to follow are seen, also from a clock that is behind", async () => {
    await writeAt(Date.now());
    const after = await store.history.lastEventSeq();
    await writeAt(Date.now() - 2 * DAY_MS, Date.now());
    expect(seqs(await store.history.listEvents(null, after, 99))).toEqual([2, 3]);
  });

  test("lie in the table of their day, or in the rest", async () => {
    const now = Date.now();
    await writeAt(now, now + DAY_MS, now - 30 * DAY_MS, now + 30 * DAY_MS);
    const client = new Client({ connectionString: database.url, options: "-c search_path=millrace" });
    await client.connect();
    const { rows } = await client.query("select tableoid::regclass::text as place from event order by seq");
    await client.end();
    const today = (at: number) => `event_${new Date(at).toISOString().slice(0, 10).replaceAll("-", "")}`;
    expect(rows.map(({ place }) => place as unknown)).toEqual([
      today(now),
      today(now + DAY_MS),
      "event_rest",
      "event_rest",
    ]);
  });
});
