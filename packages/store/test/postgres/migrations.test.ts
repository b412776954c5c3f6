import type { Leadership } from "@millrace/core";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { readMigrations } from "../../src/migrations.ts";
import { changes, runRow } from "../rows.ts";
import { ended, storeChildren } from "../store-children.ts";

const start = storeChildren();
let database: FreshDatabase;
let admin: Client;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.remove());
beforeEach(async () => {
  admin = new Client({ connectionString: database.url });
  await admin.connect();
});
afterEach(async () => {
  await admin.query("drop schema if exists millrace cascade; drop schema if exists other cascade");
  await admin.end();
});

async function openAndClose(url = database.url): Promise<void> {
  await (await openStore(parseDatabaseUrl(url))).close();
}

describe("the migrations", () => {
  test("have the same numbers and names for both databases", () => {
    const names = (dialect: "sqlite" | "postgres") =>
      readMigrations(dialect).map(({ number, name }) => `${number} ${name}`);
    expect(names("postgres")).toEqual(names("sqlite"));
  });

  test("are applied once, each with its number, name and checksum", async () => {
    await openAndClose();
    await openAndClose();
    const { rows } = await admin.query("select number, name, checksum from millrace.migration order by number");
    expect(rows).toEqual(readMigrations("postgres").map(({ number, name, checksum }) => ({ number, name, checksum })));
  });

  test("are applied once when several processes come at the same moment", async () => {
    const makers = [1, 2, 3, 4].map(() => start("send-command", [database.url]));
    expect(await Promise.all(makers.map(ended))).toEqual([0, 0, 0, 0]);
    const store = await openStore(parseDatabaseUrl(database.url));
    const sent = (await store.pendingCommands(10)).map((pending) => Number(pending.id));
    expect(new Set(sent)).toEqual(new Set(makers.map((child) => child.pid)));
    await store.close();
  });

  test("make days for events, today and those that come", async () => {
    await openAndClose();
    const { rows } = await admin.query<{ bounds: string }>(
      `select pg_get_expr(relpartbound, oid) as bounds from pg_class
       where relnamespace = 'millrace'::regnamespace and relispartition and relkind = 'r' order by relname`,
    );
    const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    expect(rows).toHaveLength(5);
    expect(rows.map(({ bounds }) => bounds)).toContain("DEFAULT");
    expect(rows.map(({ bounds }) => bounds)).toContain(`FOR VALUES FROM ('${today}') TO ('${today + 86_400_000}')`);
  });

  test("go to the schema of the address, beside any other", async () => {
    await openAndClose();
    await openAndClose(`${database.url}?schema=other`);
    const { rows } = await admin.query("select count(*)::int as count from other.migration");
    expect(rows).toEqual([{ count: readMigrations("postgres").length }]);
  });

  test("need no right to make a schema where there is one", async () => {
    await admin.query(`create schema other; create role guest login; grant all on schema other to guest;
      revoke create on database ${new URL(database.url).pathname.slice(1)} from public`);
    const guest = new URL(database.url);
    guest.username = "guest";
    await openAndClose(`${guest.href}?schema=other`);
    await expect(openAndClose(guest.href)).rejects.toMatchObject({ code: "DATABASE_READ_ONLY" });
    await admin.query("drop owned by guest cascade; drop role guest");
  });
});

describe("a schema that is not ours to open", () => {
  test("because a newer version wrote it", async () => {
    await openAndClose();
    await admin.query("insert into millrace.migration values (9999, 'of-the-future', 'c', 0)");
    const known = readMigrations("postgres").length;
    await expect(openAndClose()).rejects.toMatchObject({
      code: "DATABASE_NEWER",
      message: expect.stringMatching(new RegExp(`has schema ${known + 1}; this version of Millrace knows ${known}`)),
    });
  });

  test("because its migrations are not the ones we know", async () => {
    await openAndClose();
    await admin.query("update millrace.migration set checksum = 'other'");
    await expect(openAndClose()).rejects.toMatchObject({
      code: "STORE_FAILED",
      hint: expect.stringContaining("unreleased"),
    });
  });

  test("because it belongs to another program, and stays as it was", async () => {
    await admin.query("create schema millrace; create table millrace.recipe (name text)");
    await expect(openAndClose()).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("another program"),
    });
    const { rows } = await admin.query("select relname from pg_class where relnamespace = 'millrace'::regnamespace");
    expect(rows).toEqual([{ relname: "recipe" }]);
  });
});

test("a newer version that changes the tables under a leader stops it", async () => {
  const store = await openStore(parseDatabaseUrl(database.url));
  const leadership = (await store.lead("old version")) as Leadership;
  await admin.query("alter table millrace.run add column of_the_future text");
  await expect(store.commit(leadership.epoch, changes({ runs: [runRow()] }))).rejects.toMatchObject({
    code: "DATABASE_NEWER",
    hint: expect.stringContaining("newer version"),
  });
  expect(await store.unfinishedRuns()).toEqual([]);
  await store.close();
});

describe("a server that does not let us in", () => {
  test.each([
    ["an unknown database", { pathname: "/nowhere" }, "3D000"],
    ["an unknown user", { username: "nobody_at_all" }, "28000"],
  ])("%s, is named without the password", async (_, change, code) => {
    const url = Object.assign(new URL(database.url), { password: "swordfish", ...change });
    const error: unknown = await openAndClose(url.href).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "STORE_FAILED", cause: { code }, hint: expect.any(String) });
    expect(String(error)).toContain("127.0.0.1");
    expect(String(error)).not.toContain("swordfish");
  });
});
