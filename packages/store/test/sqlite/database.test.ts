import { closeSync, fstatSync, openSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { EncodedText } from "@millrace/core";
import { databaseInfo, openSqliteStore } from "@millrace/store";
import { describe, expect, test } from "vitest";
import { readMigrations } from "../../src/migrations.ts";
import { openConnection } from "../../src/sqlite/open-connection.ts";
import { changes, eventRow, item, runRow } from "../rows.ts";
import { temporaryFolders } from "../temporary-folder.ts";

const makeFolder = temporaryFolders();

/** A closed database with one run and a few hundred kilobytes of outputs. */
async function filledDatabase(): Promise<string> {
  const path = join(makeFolder(), "millrace.db");
  const store = await openSqliteStore({ path });
  const epoch = (await store.lead("test"))?.epoch as never;
  const run = runRow();
  const outputs = Array.from({ length: 50 }, (_, index) => ({
    run: run.id,
    node: 0,
    item: item(String(index)),
    value: { kind: "inline", text: `"${"x".repeat(8_000)}"` as EncodedText } as const,
  }));
  await store.commit(epoch, changes({ runs: [run], outputs, events: [eventRow(run.id)] }));
  await store.close();
  return path;
}

describe("a database", () => {
  test("is durable, shared and able to shrink from its first page", () => {
    const connection = openConnection(join(makeFolder(), "millrace.db"), { readonly: false, busyTimeoutMs: 0 });
    const pragma = (name: string) => Object.values(connection.query(`pragma ${name}`)[0] ?? {})[0];
    expect(pragma("journal_mode")).toBe("wal");
    expect(pragma("synchronous")).toBe(2);
    expect(pragma("auto_vacuum")).toBe(2);
    expect(pragma("foreign_keys")).toBe(1);
    expect(pragma("fullfsync")).toBe(1);
    connection.close();
  });

  test("does not wait for the disk where it is told so", () => {
    const options = { readonly: false, busyTimeoutMs: 0, waitsForDisk: false };
    const connection = openConnection(join(makeFolder(), "millrace.db"), options);
    expect(connection.query("pragma synchronous")).toEqual([{ synchronous: 0 }]);
    connection.close();
  });

  test("is one file again once everybody has left", async () => {
    const path = await filledDatabase();
    const files = readdirSync(join(path, ".."));
    expect(files.sort()).toEqual(["millrace.db", "millrace.db-leader"]);
  });

  test("is migrated once, each migration with its number, name and checksum", async () => {
    const path = await filledDatabase();
    const connection = openConnection(path, { readonly: true, busyTimeoutMs: 0 });
    const applied = connection.query("select number, name, checksum from migration order by number");
    expect(applied).toEqual(readMigrations("sqlite").map(({ number, name, checksum }) => ({ number, name, checksum })));
    expect(applied.map((row) => row["number"])).toEqual(applied.map((_, index) => index + 1));
    connection.close();
  });
});

describe("what doctor is told", () => {
  test("counts and measures, while others have the database open", async () => {
    const path = await filledDatabase();
    const store = await openSqliteStore({ path });
    await store.lead("test");
    const info = await databaseInfo(path);
    const newest = readMigrations("sqlite").length;
    expect(info).toMatchObject({ path, schema: newest, knownSchema: newest, problems: [] });
    expect(info.bytes).toBeGreaterThan(400_000);
    expect(info.logBytes).toBeGreaterThan(0);
    expect(info.rows).toMatchObject({ run: 1, output: 50, event: 1, task_run: 0, command: 0 });
    await store.close();
  });

  test("names damage that opening does not meet", async () => {
    const path = await filledDatabase();
    const file = openSync(path, "r+");
    // Among the rows, which come after what the migrations made.
    writeSync(file, Buffer.alloc(4096 * 3, 0x5a), 0, 4096 * 3, fstatSync(file).size - 4096 * 40);
    closeSync(file);
    const { problems } = await databaseInfo(path);
    expect(problems.length).toBeGreaterThan(0);
  });
});
