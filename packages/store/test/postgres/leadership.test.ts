import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Leadership } from "@millrace/core";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { changes, runRow } from "../rows.ts";
import { storeChildren } from "../store-children.ts";
import { temporaryFolders } from "../temporary-folder.ts";
import { emptyTables } from "./empty-tables.ts";
import { FaultyWay } from "./faulty-way.ts";

const makeFolder = temporaryFolders();
const start = storeChildren();
let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
  await (await openStore(parseDatabaseUrl(database.url))).close();
});
afterAll(() => database.remove());
afterEach(() => emptyTables(database.url));

/** Asks until it leads; each answer takes a message to the server and back. */
async function leadOnceFree(store: Awaited<ReturnType<typeof openStore>>): Promise<Leadership> {
  for (;;) {
    const leadership = await store.lead("heir");
    if (leadership !== undefined) return leadership;
  }
}

describe("a leader that is frozen", () => {
  test("loses its lease, does not trust itself when it is thawed, and writes nothing", async () => {
    const file = join(makeFolder(), "thawed");
    const child = start("lead-and-tell", [database.url, "600", file]);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const said = async () => (await lines.next()).value as unknown;
    expect(await said()).toBe("leads");
    child.kill("SIGSTOP");
    const store = await openStore(parseDatabaseUrl(database.url));
    const leadership = await leadOnceFree(store);
    expect(leadership.epoch).toBe(2);
    const run = runRow();
    await store.commit(leadership.epoch, changes({ runs: [run] }));
    const before = await store.unfinishedRuns();
    writeFileSync(file, "");
    child.kill("SIGCONT");
    expect([await said(), await said(), await said()]).toEqual(["not trusted", "LEADERSHIP_LOST", "LEADERSHIP_LOST"]);
    await once(child, "exit");
    expect(await store.unfinishedRuns()).toEqual(before);
    await store.close();
  });
});

describe("a lease", () => {
  test("is renewed for as long as its holder lives", async () => {
    const [holder, other] = [
      await openStore(parseDatabaseUrl(database.url), { leaseMs: 1_500 }),
      await openStore(parseDatabaseUrl(database.url)),
    ];
    const leadership = (await holder.lead("holder")) as Leadership;
    const ends = new Set<number>();
    const client = new Client({ connectionString: database.url, options: "-c search_path=millrace" });
    await client.connect();
    // As it was taken, and three renewals.
    while (ends.size < 4) {
      expect(await other.lead("other")).toBeUndefined();
      const { rows } = await client.query<{ expires_at: string }>("select expires_at from lease");
      for (const row of rows) ends.add(Number(row.expires_at));
    }
    await client.end();
    expect(leadership.isTrusted()).toBe(true);
    expect(await other.findLeader()).toMatchObject({ epoch: leadership.epoch, holder: "holder" });
    await holder.close();
    await other.close();
  });

  test("ends by itself, and its holder knows before, when the database cannot be reached", async () => {
    const way = new FaultyWay(database.url);
    const through = await way.start(database.url);
    const cut = await openStore(parseDatabaseUrl(through), { leaseMs: 900, patienceMs: 1_000 });
    const other = await openStore(parseDatabaseUrl(database.url));
    const leadership = (await cut.lead("cut off")) as Leadership;
    const { epoch } = leadership;
    way.cutAll();
    const lost = await leadership.lost;
    expect(lost).toMatchObject({ code: "LEADERSHIP_LOST", message: expect.stringContaining("renew") });
    expect(leadership.isTrusted()).toBe(false);
    // Nobody else can lead yet: that is what the time between is for.
    expect(await other.findLeader()).toMatchObject({ epoch, holder: "cut off" });
    await expect(cut.commit(epoch, changes({ runs: [runRow()] }))).rejects.toMatchObject({ code: "LEADERSHIP_LOST" });
    expect((await leadOnceFree(other)).epoch).toBe(epoch + 1);
    await cut.close();
    await other.close();
    await way.stop();
  });

  test("that is given up is offered to those who watch at once", async () => {
    const patient = { leaseMs: 600_000, pollMs: 600_000 };
    const holder = await openStore(parseDatabaseUrl(database.url), patient);
    const standby = await openStore(parseDatabaseUrl(database.url), patient);
    const leadership = (await holder.lead("holder")) as Leadership;
    const taken = Promise.withResolvers<Leadership>();
    const ready = Promise.withResolvers<void>();
    const takeIfFree = async () => {
      const next = await standby.lead("standby");
      if (next !== undefined) taken.resolve(next);
    };
    standby.watch(() => {
      // The first call says that the watch hears.
      ready.resolve();
      void takeIfFree();
    });
    await ready.promise;
    expect(await standby.lead("too early")).toBeUndefined();
    await leadership.release();
    expect((await taken.promise).epoch).toBe(leadership.epoch + 1);
    await holder.close();
    await standby.close();
  });

  test("taken over by force is noticed at the next renewal", async () => {
    const store = await openStore(parseDatabaseUrl(database.url), { leaseMs: 600 });
    const leadership = (await store.lead("old")) as Leadership;
    await emptyTables(database.url);
    expect(await leadership.lost).toMatchObject({ code: "LEADERSHIP_LOST" });
    expect(leadership.isTrusted()).toBe(false);
    await leadership.release();
    await store.close();
  });
});
