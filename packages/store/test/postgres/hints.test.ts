import { openStore, parseDatabaseUrl } from "@millrace/store";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { changes, command } from "../rows.ts";
import { FaultyWay } from "./faulty-way.ts";

const NEVER_MS = 600_000;
let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
  await (await openStore(parseDatabaseUrl(database.url))).close();
});
afterAll(() => database.remove());

/** A function to be called, and promises of its calls. */
function calls(): { readonly call: () => void; next(): Promise<void> } {
  let signal = Promise.withResolvers<void>();
  return {
    call: () => signal.resolve(),
    next: async () => {
      await signal.promise;
      signal = Promise.withResolvers<void>();
    },
  };
}

describe("a watch on PostgreSQL", () => {
  test("hears of changes without looking, and again when its connection was lost", async () => {
    const store = await openStore(parseDatabaseUrl(database.url), { pollMs: NEVER_MS });
    const other = await openStore(parseDatabaseUrl(database.url));
    const heard = calls();
    store.watch(heard.call);
    // It has begun to listen.
    await heard.next();
    await other.insertCommand(command("first"));
    await heard.next();
    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name like '% hints %'");
    await admin.end();
    // What was said meanwhile was said to nobody, so it looks once it listens again.
    await heard.next();
    await other.insertCommand(command("second"));
    await heard.next();
    expect(await store.pendingCommands(9)).toHaveLength(2);
    await store.close();
    await other.close();
  });

  test("looks by itself where nothing is heard", async () => {
    const way = new FaultyWay(database.url);
    const through = await way.start(database.url);
    way.refuse("hints");
    const store = await openStore(parseDatabaseUrl(through), { pollMs: 40 });
    const looked = calls();
    store.watch(looked.call);
    for (let looks = 0; looks < 3; looks += 1) await looked.next();
    expect(await store.pendingCommands(9)).toHaveLength(2);
    await store.close();
    await way.stop();
  });

  test("says nothing to its own process of what its own leader commits", async () => {
    const store = await openStore(parseDatabaseUrl(database.url), { pollMs: NEVER_MS });
    const heard = calls();
    store.watch(heard.call);
    await heard.next();
    const leadership = await store.lead("test");
    const { promise, resolve } = Promise.withResolvers<string>();
    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    admin.on("notification", ({ payload = "" }) => resolve(payload));
    await admin.query('listen "millrace millrace"');
    await store.commit(leadership?.epoch as never, changes({}));
    expect(await promise).toMatch(/^[0-9a-f]{8} commit$/);
    await admin.end();
    // A command of its own it tells itself, so that is the next call.
    await store.insertCommand(command("third"));
    await heard.next();
    expect(await store.pendingCommands(9)).toHaveLength(3);
    await store.close();
  });
});
