import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../../../../test/setup/embedded-postgres.ts";
import type { ConnectionSpec } from "../../src/kinds/connections/connection.ts";
import { duckdb } from "../../src/kinds/connections/duckdb.ts";
import {
  type Connections,
  connectionPools,
  openConnections,
  resolveConnection,
} from "../../src/kinds/connections/open-connections.ts";
import { loadPeer } from "../../src/kinds/connections/peer.ts";
import { postgres } from "../../src/kinds/connections/postgres.ts";
import { sqlite } from "../../src/kinds/connections/sqlite.ts";
import { env } from "../../src/kinds/secret.ts";
import { isNonRetryable } from "../../src/task/failures.ts";
import { temporaryFolders } from "./temporary-folder.ts";

const makeFolder = temporaryFolders();
const opened: Connections[] = [];
let server: PostgresServer;
let serverFolder: string;

beforeAll(async () => {
  serverFolder = mkdtempSync(join(tmpdir(), "millrace-connections-"));
  server = await startPostgres(serverFolder);
});

afterAll(async () => {
  await server.stop();
  rmSync(serverFolder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const connections of opened.splice(0)) await connections.close();
});

function open(spec: ConnectionSpec, projectDir: string, signal = new AbortController().signal): Connections {
  const secret = async (name: string) => `no secret ${name}`;
  const connections = openConnections({ connections: { shop: spec } }, { projectDir, signal, secret });
  opened.push(connections);
  return connections;
}

async function failure(work: Promise<unknown>): Promise<Error & { code: string; hint: string }> {
  return await work.then(
    () => expect.unreachable("it should have failed"),
    (error) => error,
  );
}

describe("a connection", () => {
  it("is found by its name, or refused with what was meant", () => {
    const connections = { warehouse: sqlite({ path: "a.db" }) };
    expect(resolveConnection({ connections }, "warehouse").kind).toBe("sqlite");
    const near = expect.objectContaining({ code: "MISSING_CONNECTION", hint: 'Did you mean "warehouse"?' });
    expect(() => resolveConnection({ connections }, "warehose")).toThrow(near);
    expect(() => resolveConnection({ connections }, "toString")).toThrow(/There is no connection "toString"/);
    expect(() => resolveConnection({}, "x")).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("millrace.config.ts") }),
    );
  });

  it("limits how many use it at once where its database does", () => {
    const connections = {
      a: duckdb({ path: "a" }),
      b: duckdb({ path: "b", readOnly: true }),
      c: sqlite({ path: "c" }),
      d: postgres({ url: "postgres://x", maxConnections: 5 }),
    };
    expect(connectionPools({ connections })).toEqual({ "connection:a": 1, "connection:d": 5 });
  });

  it("serves functions, once for each attempt", async () => {
    const dir = makeFolder();
    const connections = open(sqlite({ path: "data/shop.db" }), dir);
    expect(existsSync(join(dir, "data"))).toBe(false);
    const shop = connections.connection("shop");
    await shop.query("CREATE TABLE orders (id INTEGER, name TEXT)");
    await shop.query("INSERT INTO orders VALUES (:id, :name)", { id: 1, name: "it's" });
    expect(await shop.query<{ id: number }>("SELECT * FROM orders WHERE id IN (:ids)", { ids: [1, 2] })).toEqual([
      { id: 1, name: "it's" },
    ]);
    expect(connections.connection("shop")).toBe(shop);
    expect(await failure(shop.query("SELECT 1; SELECT 2"))).toMatchObject({ code: "INPUT_INVALID" });
    expect(await failure(shop.query("SELECT absent FROM orders"))).toMatchObject({
      code: "SQL_FAILED",
      message: 'A statement for connection "shop" failed (line 1, column 8): no such column: absent',
    });
    const session = await shop.session();
    await connections.close();
    expect((session.client as DatabaseSync).isOpen).toBe(false);
  });

  it("needs its options, and its client library", async () => {
    const refused = expect.objectContaining({ code: "INVALID_OPTION" });
    expect(() => sqlite({} as never)).toThrow(refused);
    expect(() => duckdb({ path: "" })).toThrow(refused);
    expect(() => postgres({} as never)).toThrow(refused);
    expect(() => sqlite({ path: "a", lockTimeout: "soon" })).toThrow(refused);
    const name = "@millrace/no-such-client";
    const missing = loadPeer({ name, load: () => import(`${name}/index.js`) }, makeFolder());
    expect(await failure(missing)).toMatchObject({
      code: "MISSING_PEER",
      hint: `Install it in the project: npm install ${name}`,
    });
  });
});

describe("a SQLite file", () => {
  it("that another holds is waited for, as long as was said", async () => {
    const dir = makeFolder();
    const other = new DatabaseSync(join(dir, "shop.db"));
    other.exec("CREATE TABLE t (n INTEGER); BEGIN IMMEDIATE");
    try {
      const hurried = open(sqlite({ path: "shop.db", lockTimeout: "50ms" }), dir).connection("shop");
      const error = await failure(hurried.query("INSERT INTO t VALUES (1)"));
      expect(error).toMatchObject({ code: "DATABASE_LOCKED", hint: expect.stringContaining("lockTimeout") });
      expect(isNonRetryable(error)).toBe(false);
      const patient = open(sqlite({ path: "shop.db" }), dir).connection("shop");
      const inserted = patient.query("INSERT INTO t VALUES (2)");
      // Its first try has been refused by the time that another event is handled.
      setImmediate(() => other.exec("COMMIT"));
      await inserted;
      expect(await patient.query("SELECT n FROM t")).toEqual([{ n: 2 }]);
    } finally {
      other.close();
    }
  });

  it("that another holds is no longer waited for when the task is cancelled", async () => {
    const dir = makeFolder();
    const other = new DatabaseSync(join(dir, "shop.db"));
    other.exec("CREATE TABLE t (n INTEGER); BEGIN IMMEDIATE");
    const abort = new AbortController();
    const waiting = open(sqlite({ path: "shop.db" }), dir, abort.signal).connection("shop");
    const inserted = failure(waiting.query("INSERT INTO t VALUES (1)"));
    setImmediate(() => abort.abort(new Error("cancelled")));
    expect(await inserted).toMatchObject({ message: "cancelled" });
    other.close();
  });

  it("that is read-only, missing or no database says so", async () => {
    const dir = makeFolder();
    new DatabaseSync(join(dir, "shop.db")).close();
    const readOnly = open(sqlite({ path: "shop.db", readOnly: true }), dir).connection("shop");
    expect(await failure(readOnly.query("CREATE TABLE t (n)"))).toMatchObject({ code: "DATABASE_READ_ONLY" });
    const missing = open(sqlite({ path: "no.db", readOnly: true }), dir).connection("shop");
    expect(await failure(missing.query("SELECT 1"))).toMatchObject({ code: "SQL_FAILED", hint: /path/ });
    writeFileSync(join(dir, "odd.db"), "no database ".repeat(200));
    const corrupt = open(sqlite({ path: "odd.db" }), dir).connection("shop");
    expect(await failure(corrupt.query("SELECT * FROM sqlite_master"))).toMatchObject({ code: "DATABASE_CORRUPT" });
  });
});

describe("a DuckDB file", () => {
  const holder = fileURLToPath(new URL("fixtures/hold-duckdb.ts", import.meta.url));

  it("that another program holds is waited for, as long as was said", async () => {
    const dir = makeFolder();
    const child = spawn(process.execPath, [holder, join(dir, "w.duckdb")], { stdio: ["pipe", "pipe", "inherit"] });
    const exited = once(child, "exit");
    await once(child.stdout, "data");
    const hurried = open(duckdb({ path: "w.duckdb", lockTimeout: "50ms" }), dir).connection("shop");
    expect(await failure(hurried.query("SELECT 1"))).toMatchObject({
      code: "DATABASE_LOCKED",
      message: expect.stringContaining("Could not set lock on file"),
    });
    const abort = new AbortController();
    const cancelled = open(duckdb({ path: "w.duckdb" }), dir, abort.signal).connection("shop");
    const given = failure(cancelled.query("SELECT 1"));
    abort.abort(new Error("cancelled"));
    expect(await given).toMatchObject({ message: "cancelled" });
    const patient = open(duckdb({ path: "w.duckdb" }), dir).connection("shop");
    const asked = patient.query("SELECT n FROM held");
    child.stdin.end();
    expect(await asked).toEqual([{ n: 1 }]);
    expect(await exited).toEqual([0, null]);
  });

  it("that is no database, or has settings that are none, says so", async () => {
    const dir = makeFolder();
    writeFileSync(join(dir, "odd.duckdb"), "no database ".repeat(2_000));
    const corrupt = open(duckdb({ path: "odd.duckdb" }), dir).connection("shop");
    expect(await failure(corrupt.query("SELECT 1"))).toMatchObject({ code: "DATABASE_CORRUPT" });
    const odd = open(duckdb({ path: ":memory:", settings: { no_such_setting: 1 } }), dir).connection("shop");
    expect(await failure(odd.query("SELECT 1"))).toMatchObject({ message: expect.stringContaining("no_such_setting") });
    const set = duckdb({ path: ":memory:", settings: { threads: 1 }, setup: ["CREATE TABLE ready (n INTEGER)"] });
    expect(await open(set, dir).connection("shop").query("SELECT count(*) AS n FROM ready")).toEqual([{ n: 0 }]);
  });

  it("stops a query when the task is cancelled", async () => {
    const abort = new AbortController();
    const shop = open(duckdb({ path: ":memory:" }), makeFolder(), abort.signal).connection("shop");
    await shop.session();
    const endless = failure(shop.query("SELECT count(*) FROM range(1e9::BIGINT) a, range(1e9::BIGINT) b"));
    abort.abort(new Error("cancelled"));
    expect(await endless).toMatchObject({ message: "cancelled" });
  });

  it("gives every type of DuckDB a plain value", async () => {
    const shop = open(duckdb({ path: ":memory:" }), makeFolder()).connection("shop");
    const [row] = await shop.query(`SELECT
      1::TINYINT AS tiny, 1::HUGEINT AS small, 170141183460469231731687303715884105727::HUGEINT AS huge,
      12.50::DECIMAL(10, 2) AS price, 12345678901234567890.5::DECIMAL(30, 2) AS fortune, 1.5::FLOAT AS fraction,
      DATE '2026-01-31' AS day, TIME '10:00:00' AS hour, TIMESTAMP '2026-01-31 10:00:00.123456' AS plain,
      TIMESTAMPTZ '2026-01-31 10:00:00+02' AS zoned, TIMESTAMP_S '2026-01-31 10:00:00' AS seconds,
      TIMESTAMP_MS '2026-01-31 10:00:00' AS millis, TIMESTAMP_NS '2026-01-31 10:00:00' AS nanos,
      'infinity'::TIMESTAMP AS never, INTERVAL 90 MINUTE AS length,
      UUID '11111111-2222-3333-4444-555555555555' AS id, '\\xAA'::BLOB AS raw, '{"a": [1, null]}'::JSON AS doc,
      [1::BIGINT, NULL] AS list, {'a': 1, 'b': [DATE '2026-01-01']} AS struct, MAP {'k': 1} AS map,
      'x'::ENUM ('x', 'y') AS word, NULL AS nothing, union_value(n := 1::BIGINT) AS either, '101'::BIT AS bits`);
    const ten = new Date("2026-01-31T10:00:00Z");
    expect(row).toEqual({
      tiny: 1,
      small: 1,
      huge: 170141183460469231731687303715884105727n,
      price: 12.5,
      fortune: "12345678901234567890.50",
      fraction: 1.5,
      day: "2026-01-31",
      hour: "10:00:00",
      plain: new Date("2026-01-31T10:00:00.123Z"),
      zoned: new Date("2026-01-31T08:00:00Z"),
      seconds: ten,
      millis: ten,
      nanos: ten,
      never: "infinity",
      length: "01:30:00",
      id: "11111111-2222-3333-4444-555555555555",
      raw: new Uint8Array([0xaa]),
      doc: { a: [1, null] },
      list: [1, null],
      struct: { a: 1, b: ["2026-01-01"] },
      map: new Map([["k", 1]]),
      word: "x",
      nothing: null,
      either: 1,
      bits: "101",
    });
  });
});

describe("a PostgreSQL server", () => {
  it("gives every type a plain value", async () => {
    const shop = open(postgres({ url: server.url }), makeFolder()).connection("shop");
    const [row] = await shop.query(`SELECT
      1::smallint AS small, 9007199254740993::bigint AS big, ARRAY[1, NULL]::bigint[] AS bigs,
      12.50::numeric AS price, 'NaN'::numeric AS nan, 12345678901234567890.5 AS fortune,
      'infinity'::float8 AS endless, true AS flag, ARRAY[true, false] AS flags, DATE '2026-01-31' AS day,
      TIME '10:00' AS hour, TIMESTAMP '2026-01-31 10:00:00.123456' AS plain, 'infinity'::timestamptz AS never,
      TIMESTAMPTZ '2026-01-31 10:00:00+02' AS zoned, INTERVAL '90 minutes' AS length,
      '\\xaa00'::bytea AS raw, '{"n": 9007199254740993}'::jsonb AS doc, ARRAY[ARRAY['a,"', NULL], ARRAY['b', 'c']] AS words,
      '11111111-2222-3333-4444-555555555555'::uuid AS id, NULL AS nothing`);
    expect(row).toEqual({
      small: 1,
      big: 9007199254740993n,
      bigs: [1, null],
      price: 12.5,
      nan: Number.NaN,
      fortune: "12345678901234567890.5",
      endless: Number.POSITIVE_INFINITY,
      flag: true,
      flags: [true, false],
      day: "2026-01-31",
      hour: "10:00:00",
      plain: new Date("2026-01-31T10:00:00.123Z"),
      never: "infinity",
      zoned: new Date("2026-01-31T08:00:00Z"),
      length: "01:30:00",
      raw: new Uint8Array([0xaa, 0]),
      doc: { n: 9007199254740993n },
      words: [
        ['a,"', null],
        ["b", "c"],
      ],
      id: "11111111-2222-3333-4444-555555555555",
      nothing: null,
    });
  });

  it("is asked in the author's settings, with lists and structures", async () => {
    const settings = { statement_timeout: "50ms", TimeZone: "Asia/Tokyo" };
    const shop = open(postgres({ url: server.url, settings }), makeFolder()).connection("shop");
    const rows = await shop.query(
      "SELECT :ids::int[] AS ids, :doc::jsonb AS doc, :docs::jsonb AS docs, current_setting('TimeZone') AS zone",
      { ids: [1, 2], doc: { a: 1 }, docs: [{ a: 1 }] },
    );
    expect(rows).toEqual([{ ids: [1, 2], doc: { a: 1 }, docs: [{ a: 1 }], zone: "Asia/Tokyo" }]);
    expect(await failure(shop.query("SELECT pg_sleep(10)"))).toMatchObject({
      code: "SQL_FAILED",
      message: expect.stringContaining("statement timeout"),
    });
  });

  it("stops a query when the task is cancelled", async () => {
    const abort = new AbortController();
    const shop = open(postgres({ url: server.url }), makeFolder(), abort.signal).connection("shop");
    await shop.session();
    const sleeping = failure(shop.query("SELECT pg_sleep(3600)"));
    setImmediate(() => abort.abort(new Error("cancelled")));
    expect(await sleeping).toMatchObject({ message: "cancelled" });
  });

  it("that refuses says so, without the password", async () => {
    process.env["KINDS_PG_URL"] = server.url.replace("of-the-tests", "wrong-password");
    const wrong = open(postgres({ url: env("KINDS_PG_URL") }), makeFolder()).connection("shop");
    const error = await failure(wrong.query("SELECT 1"));
    expect(error).toMatchObject({
      code: "SQL_FAILED",
      message: expect.stringContaining("password authentication failed"),
    });
    expect(error.message).not.toContain("wrong-password");
    expect(isNonRetryable(error)).toBe(true);
    const unset = open(postgres({ url: env("KINDS_PG_UNSET") }), makeFolder()).connection("shop");
    expect(await failure(unset.query("SELECT 1"))).toMatchObject({ code: "MISSING_SECRET" });
  });

  it("that is not there may be there at the next try", async () => {
    const listener = createServer();
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address();
    const port = typeof address === "object" ? address?.port : 0;
    listener.close();
    await once(listener, "close");
    const gone = open(postgres({ url: `postgres://me:secret@127.0.0.1:${port}/x` }), makeFolder()).connection("shop");
    const error = await failure(gone.query("SELECT 1"));
    expect(error.message).toContain(`Connection "shop" could not be opened, postgres://me:***@127.0.0.1:${port}/x`);
    expect(error.message).toContain("ECONNREFUSED");
    expect(isNonRetryable(error)).toBe(false);
  });
});
