import { openStore, parseDatabaseUrl } from "@millrace/store";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { changes, runRow } from "../rows.ts";
import { turnOf } from "../task-rows.ts";

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.remove());

test("a commit is one statement and one round trip, however many rows it has", async () => {
  const store = await openStore(parseDatabaseUrl(database.url));
  const leadership = await store.lead("counts");
  if (leadership === undefined) throw new Error("somebody leads");
  const run = runRow();
  await store.commit(leadership.epoch, changes({ runs: [run] }));
  await store.commit(leadership.epoch, turnOf(run.id, 1));
  const sent = vi.spyOn(Client.prototype, "query");
  try {
    for (const [tasks, from] of [
      [1, 1],
      [10, 2],
      [500, 12],
    ] as const) {
      sent.mockClear();
      await store.commit(leadership.epoch, turnOf(run.id, tasks, from));
      // The lease renews itself on a connection of its own, now and then.
      // The lease is renewed on a connection of its own, now and then.
      const commits = sent.mock.contexts.filter((_client, call) => nameOf(sent.mock.calls[call]).startsWith("commit"));
      expect(new Set(commits).size).toBe(1);
      expect(
        sent.mock.contexts.filter((client) => client === commits[0]),
        `${tasks} tasks`,
      ).toHaveLength(1);
    }
  } finally {
    sent.mockRestore();
    await store.close();
  }
});

function nameOf(call: readonly unknown[] | undefined): string {
  return (call?.[0] as { readonly name?: string } | undefined)?.name ?? "";
}
