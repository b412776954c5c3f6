import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import type { EncodedText, Store } from "@millrace/core";
import { databaseInfo, openSqliteStore } from "@millrace/store";
import { describe, expect, test } from "vitest";
import { readMigrations } from "../../src/migrations.ts";
import { openConnection } from "../../src/sqlite/open-connection.ts";
import { SqliteStore } from "../../src/sqlite/store.ts";
import { changes, command, item, runRow } from "../rows.ts";
import { temporaryFolders } from "../temporary-folder.ts";

const makeFolder = temporaryFolders();
const OPTIONS = { readonly: false, busyTimeoutMs: 20, readsHere: true };

async function madeDatabase(): Promise<string> {
  const path = join(makeFolder(), "millrace.db");
  const store = await openSqliteStore({ path });
  await store.insertCommand(command("first"));
  await store.close();
  return path;
}

/** Runs SQL as another program would, on a connection of its own. */
function outside(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

/** Root may write everything, so as root the test borrows a user who may not. */
async function withoutPrivileges<T>(work: () => Promise<T>): Promise<T> {
  const nobody = 65_534;
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe("a locked database", () => {
  test("is waited for, then named, and works again when the lock is gone", async () => {
    const path = await madeDatabase();
    const store = await openSqliteStore({ path, busyTimeoutMs: 20 });
    const leadership = await store.lead("test");
    const holder = new DatabaseSync(path);
    holder.exec("begin immediate");
    const locked = { code: "DATABASE_LOCKED", message: expect.stringContaining(path), hint: expect.any(String) };
    await expect(store.insertCommand(command("second"))).rejects.toMatchObject(locked);
    const epoch = leadership?.epoch as never;
    const run = runRow();
    await expect(store.commit(epoch, changes({ runs: [run] }))).rejects.toMatchObject(locked);
    // Reading goes on beside a writer.
    expect(await store.pendingCommands(9)).toHaveLength(1);
    holder.exec("rollback");
    holder.close();
    await store.commit(epoch, changes({ runs: [run] }));
    await store.insertCommand(command("second"));
    expect(await store.unfinishedRuns()).toEqual([run.id]);
    await store.close();
  });

  test("for one program alone is not opened", async () => {
    const path = await madeDatabase();
    const holder = new DatabaseSync(path);
    holder.exec("pragma locking_mode = exclusive; begin immediate; delete from command; commit");
    await expect(openSqliteStore({ path, busyTimeoutMs: 20 })).rejects.toMatchObject({ code: "DATABASE_LOCKED" });
    holder.close();
    await (await openSqliteStore({ path })).close();
  });
});

describe("a database that is removed or replaced while it is in use", () => {
  test.each<[string, (path: string) => void]>([
    ["removed", (path) => rmSync(path)],
    [
      "replaced",
      (path) => {
        writeFileSync(`${path}-other`, "");
        renameSync(`${path}-other`, path);
      },
    ],
  ])("%s, takes nothing any more, and tells those who watch", async (_, change) => {
    const path = await madeDatabase();
    const store = await openSqliteStore({ path });
    const leadership = await store.lead("test");
    const noticed = Promise.withResolvers<void>();
    store.watch(() => noticed.resolve());
    change(path);
    await noticed.promise;
    const gone = { code: "STORE_FAILED", message: expect.stringContaining("removed or replaced") };
    await expect(store.commit(leadership?.epoch as never, changes({ runs: [runRow()] }))).rejects.toMatchObject(gone);
    await expect(store.insertCommand(command("second"))).rejects.toMatchObject(gone);
    await expect(store.pendingCommands(9)).rejects.toMatchObject(gone);
    await leadership?.release();
    await expect(store.lead("again")).rejects.toMatchObject(gone);
    await store.close();
  });
});

describe("a read-only database", () => {
  const readOnly = { code: "DATABASE_READ_ONLY", hint: expect.any(String) };

  test("says so when its file may not be written", async () => {
    const path = await madeDatabase();
    chmodSync(path, 0o444);
    chmodSync(dirname(path), 0o555);
    const refused = withoutPrivileges(() =>
      openSqliteStore({ path }).then((store) => store.insertCommand(command("x"))),
    );
    await expect(refused).rejects.toMatchObject({ ...readOnly, message: expect.stringContaining(path) });
    chmodSync(dirname(path), 0o755);
  });

  test("says so when its folder may not be written", async () => {
    const folder = makeFolder();
    chmodSync(folder, 0o555);
    const open = (path: string) => withoutPrivileges(() => openSqliteStore({ path }));
    await expect(open(join(folder, "millrace.db"))).rejects.toMatchObject(readOnly);
    await expect(open(join(folder, "new", "millrace.db"))).rejects.toMatchObject(readOnly);
    chmodSync(folder, 0o755);
  });

  test("opened for reading is read, and refuses every write", async () => {
    const path = await madeDatabase();
    const store = await openSqliteStore({ path, readonly: true });
    expect(await store.pendingCommands(9)).toHaveLength(1);
    expect(await store.history.listRuns({ limit: 9 })).toEqual([]);
    const writes: (() => Promise<unknown>)[] = [
      () => store.insertCommand(command("second")),
      () => store.lead("reader"),
      () => store.activateVersion("a".repeat(64) as never, 0),
      () =>
        store.saveVersion({ id: "a" as never, createdAtMs: 0, manifest: { flows: [] }, dependencies: {}, files: [] }),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject({ code: "DATABASE_READ_ONLY" });
    await expect(store.commit(1 as never, changes({}))).rejects.toMatchObject({ code: "LEADERSHIP_LOST" });
    await store.close();
    await store.close();
  });

  test("that is not there is not made", async () => {
    const path = join(makeFolder(), "millrace.db");
    const missing = { code: "STORE_FAILED", message: expect.stringContaining("There is no database") };
    await expect(openSqliteStore({ path, readonly: true })).rejects.toMatchObject(missing);
    await expect(databaseInfo(path)).rejects.toMatchObject(missing);
    expect(existsSync(path)).toBe(false);
  });

  test("of an older schema is not guessed at", async () => {
    const path = join(makeFolder(), "millrace.db");
    writeFileSync(path, "");
    await expect(openSqliteStore({ path, readonly: true })).rejects.toMatchObject({
      code: "DATABASE_READ_ONLY",
      message: expect.stringContaining("older schema"),
    });
  });
});

describe("a database that is not ours to open", () => {
  async function refused(path: string): Promise<unknown> {
    const before = readFileSync(path);
    const error = await openSqliteStore({ path }).then(
      (store) => store.close(),
      (thrown: unknown) => thrown,
    );
    // Whoever is refused finds the file as it was.
    expect(readFileSync(path).equals(before)).toBe(true);
    return error;
  }

  test("because a newer version wrote it", async () => {
    const path = await madeDatabase();
    const known = readMigrations("sqlite").length;
    outside(path, "insert into migration values (9999, 'of-the-future', 'c', 0)");
    expect(await refused(path)).toMatchObject({
      code: "DATABASE_NEWER",
      message: `The database ${path} has schema ${known + 1}; this version of Millrace knows ${known}.`,
    });
    expect(await databaseInfo(path)).toMatchObject({ schema: known + 1, knownSchema: known });
  });

  test("because its migrations are not the ones we know", async () => {
    const path = await madeDatabase();
    outside(path, "update migration set checksum = 'other'");
    expect(await refused(path)).toMatchObject({ code: "STORE_FAILED", hint: expect.stringContaining("unreleased") });
  });

  test("because it belongs to another program", async () => {
    const path = join(makeFolder(), "other.db");
    outside(path, "create table recipe (name text)");
    expect(await refused(path)).toMatchObject({ code: "USAGE", message: expect.stringContaining("another program") });
  });

  test("because it is no database", async () => {
    const path = join(makeFolder(), "millrace.db");
    writeFileSync(path, "These are not the pages you are looking for.\n".repeat(200));
    expect(await refused(path)).toMatchObject({ code: "DATABASE_CORRUPT", message: expect.stringContaining(path) });
    await expect(databaseInfo(path)).rejects.toMatchObject({ code: "DATABASE_CORRUPT" });
  });

  test("because its end is missing", async () => {
    const path = await madeDatabase();
    truncateSync(path, 4096);
    expect(await refused(path)).toMatchObject({ code: "DATABASE_CORRUPT", hint: expect.stringContaining("backup") });
  });

  test("because it is a folder", async () => {
    const folder = makeFolder();
    await expect(openSqliteStore({ path: folder })).rejects.toMatchObject({ code: "STORE_FAILED" });
    await expect(
      openSqliteStore({ path: join(folder, "millrace.db", "x") }).then((store) => store.close()),
    ).resolves.toBe(undefined);
  });
});

describe("a full disk", () => {
  test("refuses the commit whole, keeps what was there, and is forgotten once there is space", async () => {
    const path = await madeDatabase();
    const connection = openConnection(path, OPTIONS);
    const store: Store = new SqliteStore(connection, OPTIONS);
    const epoch = (await store.lead("test"))?.epoch as never;
    const run = runRow();
    await store.commit(epoch, changes({ runs: [run] }));
    // SQLite meets its page limit where it would meet the end of the disk, and gives the same answer.
    const pages = Number(connection.query("pragma page_count")[0]?.["page_count"]);
    connection.exec(`pragma max_page_count = ${pages + 5}`);
    const big = runRow();
    const outputs = Array.from({ length: 20 }, (_, node) => ({
      run: big.id,
      node,
      item: item(""),
      value: { kind: "inline", text: `"${"x".repeat(8_000)}"` as EncodedText } as const,
    }));
    await expect(store.commit(epoch, changes({ runs: [big], outputs }))).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining(path),
      hint: expect.stringContaining(dirname(path)),
    });
    expect(await store.unfinishedRuns()).toEqual([run.id]);
    connection.exec("pragma max_page_count = 1000000");
    await store.commit(epoch, changes({ runs: [big], outputs }));
    expect(await store.unfinishedRuns()).toEqual([run.id, big.id]);
    expect(await store.findOutputs(big.id, 19)).toHaveLength(1);
    await store.close();
    expect((await databaseInfo(path)).problems).toEqual([]);
  });
});

describe("one database under two names", () => {
  test("has one leader", async () => {
    const path = await madeDatabase();
    const link = `${dirname(path)}-link`;
    symlinkSync(dirname(path), link);
    const [direct, linked] = [
      await openSqliteStore({ path }),
      await openSqliteStore({ path: join(link, basename(path)) }),
    ];
    expect(await direct.lead("direct")).toBeDefined();
    expect(await linked.lead("linked")).toBeUndefined();
    await direct.close();
    await linked.close();
    rmSync(link);
  });
});
