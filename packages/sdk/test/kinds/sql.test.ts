import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import type { ConnectionSpec } from "../../src/kinds/connections/connection.ts";
import { duckdb } from "../../src/kinds/connections/duckdb.ts";
import { type Connections, openConnections } from "../../src/kinds/connections/open-connections.ts";
import { postgres } from "../../src/kinds/connections/postgres.ts";
import { sqlite } from "../../src/kinds/connections/sqlite.ts";
import { type SqlOptions, type SqlToFile, sql } from "../../src/kinds/sql/sql.ts";
import { type } from "../../src/schema/type.ts";
import { setSourceRoot } from "../../src/source/call-site.ts";
import { recordedContext } from "./attempt-context.ts";
import { writeTree } from "./temporary-folder.ts";

let folder: string;
let database: FreshDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-sql-"));
  setSourceRoot(folder);
  database = await freshDatabase();
});

afterAll(async () => {
  await database.remove();
  rmSync(folder, { recursive: true, force: true });
});

const SPECS: Readonly<Record<string, () => ConnectionSpec>> = {
  sqlite: () => sqlite({ path: "data/shop.db" }),
  duckdb: () => duckdb({ path: "data/shop.duckdb" }),
  postgres: () => postgres({ url: database.url }),
};

interface Order {
  readonly id: number;
  readonly total: number | null;
  readonly label?: string;
  readonly paid: boolean;
}

const ORDERS: readonly Order[] = [
  { id: 1, total: 9.5, label: "it's", paid: true },
  { id: 2, total: null, paid: false },
  { id: 3, total: 4, label: "", paid: true },
];

describe.each(Object.keys(SPECS))("sql on %s", (database) => {
  const db = database as "sqlite" | "duckdb" | "postgres";
  let open: Connections | undefined;

  /** Runs a task as one attempt: its connections are closed when it has ended. */
  async function attempt<Out>(
    task: { run(input: never, context: never): Promise<Out> },
    input?: unknown,
  ): Promise<Out> {
    const recorded = recordedContext({ projectDir: folder, connection: (name) => open?.connection(name) });
    open = openConnections(
      { connections: { shop: (SPECS[db] as () => ConnectionSpec)() } },
      { projectDir: folder, signal: recorded.context.signal, secret: (name) => recorded.context.secret(name) },
    );
    try {
      return await task.run(input as never, recorded.context as never);
    } finally {
      await open.close();
    }
  }

  const query = (text: string, input?: unknown): Promise<Record<string, unknown>[]> =>
    attempt(sql("query", { connection: "shop", query: text, input: type<unknown>() }), input);

  async function failure(work: Promise<unknown>): Promise<Error & { code: string; hint: string; frame: string }> {
    return await work.then(
      () => expect.unreachable("it should have failed"),
      (error) => error,
    );
  }

  it("binds values, whatever is in them", async () => {
    const cast = { sqlite: "", duckdb: "::VARCHAR", postgres: "::text" }[db];
    const name = "O'Brien'); DROP TABLE x; -- :other";
    expect(await query(`SELECT :name${cast} AS name, ':name' AS quoted`, { name })).toEqual([
      { name, quoted: ":name" },
    ]);
  });

  it("gives back the values it took", async () => {
    const types = {
      sqlite: "(n INTEGER, x REAL, t TEXT, b BLOB, flag INTEGER, moment TEXT)",
      duckdb: "(n BIGINT, x DOUBLE, t VARCHAR, b BLOB, flag BOOLEAN, moment TIMESTAMP)",
      postgres: "(n bigint, x double precision, t text, b bytea, flag boolean, moment timestamptz)",
    }[db];
    const input = {
      n: 9007199254740993n,
      x: 1.5,
      t: "é\n",
      b: new Uint8Array([0, 255]),
      flag: true,
      moment: new Date(1e12),
    };
    const rows = await query(
      `DROP TABLE IF EXISTS kept; CREATE TABLE kept ${types};
       INSERT INTO kept VALUES (:n, :x, :t, :b, :flag, :moment), (:small, NULL, NULL, NULL, NULL, NULL);
       SELECT * FROM kept ORDER BY n DESC`,
      { ...input, small: 7 },
    );
    const plain = db === "sqlite" ? { flag: 1, moment: input.moment.toISOString() } : {};
    expect(rows).toEqual([
      { ...input, ...plain },
      { n: 7, x: null, t: null, b: null, flag: null, moment: null },
    ]);
  });

  it("takes lists for IN, empty ones too", async () => {
    const numbers = "SELECT n FROM (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) AS numbers";
    expect(await query(`${numbers} WHERE n IN (:ids) ORDER BY n`, { ids: [1, 3] })).toEqual([{ n: 1 }, { n: 3 }]);
    expect(await query(`${numbers} WHERE n NOT IN (:ids)`, { ids: [1, 3] })).toEqual([{ n: 2 }]);
    expect(await query(`${numbers} WHERE n IN (:ids)`, { ids: [] })).toEqual([]);
    expect(await query(`${numbers} WHERE n NOT IN (:ids)`, { ids: [] })).toHaveLength(3);
    const words = "SELECT w FROM (SELECT 'a' AS w UNION ALL SELECT 'b') AS words";
    expect(await query(`${words} WHERE w IN (:ws)`, { ws: ["b", "it's"] })).toEqual([{ w: "b" }]);
  });

  it("knows the window and the run", async () => {
    const rows = await query(
      'SELECT CAST(:window_start AS VARCHAR(40)) AS "from", CAST(:window_end AS VARCHAR(40)) AS until, CAST(:run_id AS VARCHAR(40)) AS run',
    );
    expect(rows).toEqual([
      { from: expect.stringMatching(/^2026-03-01/), until: expect.stringMatching(/^2026-03-02/), run: "01RUN" },
    ]);
  });

  it("reads a list of records as a table", async () => {
    const rows = await query("SELECT id, total, label, paid FROM orders ORDER BY id", { orders: ORDERS });
    const flag = (paid: boolean): unknown => (db === "sqlite" ? Number(paid) : paid);
    expect(rows).toEqual([
      { id: 1, total: 9.5, label: "it's", paid: flag(true) },
      { id: 2, total: null, label: null, paid: flag(false) },
      { id: 3, total: 4, label: "", paid: flag(true) },
    ]);
  });

  it("keeps dates, bytes, structures and large numbers of records", async () => {
    const records = [
      { at: new Date(1e12), raw: new Uint8Array([1, 2]), deep: { a: [1, { b: null }] }, big: 9007199254740993n },
      { at: null, raw: null, deep: ["x"], big: 5n },
    ];
    const [first, second] = await query('SELECT * FROM "records" ORDER BY big DESC', { records });
    const at = db === "sqlite" ? "2001-09-09T01:46:40.000Z" : new Date(1e12);
    const deep = db === "sqlite" ? '{"a":[1,{"b":null}]}' : { a: [1, { b: null }] };
    expect(first).toEqual({ at, raw: new Uint8Array([1, 2]), deep, big: 9007199254740993n });
    expect(second).toMatchObject({ at: null, raw: null, big: 5 });
  });

  it("reads thousands of records", async () => {
    const orders = Array.from({ length: 5_001 }, (_, id) => ({ id, name: `n${id}` }));
    const rows = await query("SELECT count(*) AS n, sum(id) AS total, max(name) AS last FROM orders", { orders });
    expect(rows).toEqual([{ n: 5_001, total: 12_502_500, last: "n999" }]);
  });

  it("keeps a list and a table of one name apart", async () => {
    await query("DROP TABLE IF EXISTS orders; CREATE TABLE orders (id INTEGER)");
    const added = await query("INSERT INTO orders SELECT id FROM :orders; SELECT count(*) AS n FROM orders", {
      orders: ORDERS,
    });
    expect(added).toEqual([{ n: 3 }]);
    const error = await failure(query("INSERT INTO orders SELECT id FROM orders", { orders: ORDERS }));
    expect(error).toMatchObject({ code: "INPUT_INVALID", hint: expect.stringContaining("Write :orders") });
    await query("DROP TABLE orders");
  });

  it("reads an empty list when its columns are known", async () => {
    const text = "SELECT count(id) AS n FROM orders WHERE name <> 'x'";
    expect(await failure(query(text, { orders: [] }))).toMatchObject({ code: "INPUT_INVALID" });
    const declared = sql("q", {
      connection: "shop",
      query: text,
      input: type<{ orders: { id: number; name: string }[] }>(),
      relations: { orders: { id: "integer", name: "text" } },
    });
    expect(await attempt(declared, { orders: [] })).toEqual([{ n: 0 }]);
    const schema = z.object({ orders: z.array(z.object({ id: z.number().int(), name: z.string() })) });
    expect(await attempt(sql("q", { connection: "shop", query: text, input: schema }), { orders: [] })).toEqual([
      { n: 0 },
    ]);
  });

  it("undoes everything when a statement of several fails", async () => {
    await query("DROP TABLE IF EXISTS log; CREATE TABLE log (n INTEGER NOT NULL)");
    const error = await failure(
      query("INSERT INTO log VALUES (1);\nINSERT INTO log VALUES (2);\n  INSERT INTO log VALUES (NULL)"),
    );
    expect(error.code).toBe("SQL_FAILED");
    expect(error.message).toContain("line 3");
    expect(await query("SELECT * FROM log")).toEqual([]);
    await failure(
      attempt(
        sql("q", {
          connection: "shop",
          query: "INSERT INTO log VALUES (1); INSERT INTO log VALUES (NULL)",
          transaction: false,
        }),
      ),
    );
    expect(await query("SELECT * FROM log")).toEqual([{ n: 1 }]);
  });

  it("leaves transactions to a script that has its own", async () => {
    await query("DROP TABLE IF EXISTS own; CREATE TABLE own (n INTEGER)");
    await query("BEGIN; INSERT INTO own VALUES (1); COMMIT; BEGIN; INSERT INTO own VALUES (2); ROLLBACK");
    expect(await query("SELECT n FROM own")).toEqual([{ n: 1 }]);
  });

  it("shows the line that is wrong", async () => {
    writeTree(folder, {
      "flows/bad.sql":
        "-- nothing here\nSELECT 1 AS one;\n\nSELECT :a AS a,\n       nosuchcolumn\nFROM (SELECT 1 AS x) AS t;\n",
    });
    const task = sql("load", { connection: "shop", file: join(folder, "flows/bad.sql"), input: type<{ a: number }>() });
    const error = await failure(attempt(task, { a: 1 }));
    expect(error.code).toBe("SQL_FAILED");
    expect(error.message).toContain('The SQL of "load" failed (');
    expect(error.message).toContain("bad.sql:5:8)");
    expect(error.message).toContain("nosuchcolumn");
    expect(error.frame).toContain("> 5 |        nosuchcolumn\n    |        ^");
  });

  it("shows what is not bound, and what was probably meant", async () => {
    const error = await failure(query("SELECT :regoin", { region: "eu" }));
    expect(error).toMatchObject({
      code: "INPUT_INVALID",
      message: 'The SQL of "query" asks for :regoin, which is not in its input (line 1, column 8)',
      hint: 'Did you mean "region"?',
    });
    const foreign = await failure(query(db === "sqlite" ? "SELECT ?" : "SELECT $1"));
    expect(foreign).toMatchObject({ code: "SQL_FAILED", hint: expect.stringContaining("Write `:name`") });
  });

  it("gives the first row, nothing, or rows that were checked", async () => {
    const text = "SELECT 1 AS n UNION ALL SELECT 2 ORDER BY 1";
    const first = sql("q", { connection: "shop", query: text, returns: "first", row: type<{ n: number }>() });
    const row: { n: number } | null = await attempt(first);
    expect(row).toEqual({ n: 1 });
    expect(
      await attempt(sql("q", { connection: "shop", query: `SELECT 1 AS n WHERE 1 = 0`, returns: "first" })),
    ).toBeNull();
    expect(await attempt(sql("q", { connection: "shop", query: text, returns: "none" }))).toBeUndefined();
    const schema = z.object({ n: z.number().max(1) });
    const error = await failure(attempt(sql("q", { connection: "shop", query: text, row: schema })));
    expect(error).toMatchObject({ code: "OUTPUT_INVALID", message: expect.stringContaining('Row 2 of "q"') });
  });

  it("numbers columns of one name", async () => {
    expect(await query("SELECT 1 AS n, 2 AS n")).toEqual([{ n: 1, n_2: 2 }]);
  });

  it("gives rows of statements that change something", async () => {
    const rows = await query(
      "DROP TABLE IF EXISTS given; CREATE TABLE given (n INTEGER); INSERT INTO given VALUES (1), (2) RETURNING n",
    );
    expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("streams rows to a file, whole or not at all", async () => {
    const many = {
      sqlite:
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 4500) SELECT n, 'a,\"b\"' AS t, NULL AS e FROM r",
      duckdb: "SELECT n, 'a,\"b\"' AS t, NULL AS e FROM range(1, 4501) AS r(n)",
      postgres: "SELECT n, 'a,\"b\"' AS t, NULL AS e FROM generate_series(1, 4500) AS r(n)",
    }[db];
    const options = (file: string): SqlOptions<void, void, never, SqlToFile<void>> => ({
      connection: "shop",
      query: many,
      returns: { file },
    });
    const written = await attempt(sql("export", options(`out/${db}.csv`)));
    const text = readFileSync(join(folder, `out/${db}.csv`), "utf8");
    expect(written).toEqual({ path: `out/${db}.csv`, rows: 4_500, bytes: Buffer.byteLength(text) });
    const lines = text.split("\n");
    expect([lines[0], lines[1], lines[4_500], lines[4_501]]).toEqual(["n,t,e", '1,"a,""b""",', '4500,"a,""b""",', ""]);
    await attempt(sql("export", options(`out/${db}.ndjson`)));
    const [line] = readFileSync(join(folder, `out/${db}.ndjson`), "utf8").split("\n");
    expect(JSON.parse(line ?? "")).toEqual({ n: 1, t: 'a,"b"', e: null });
    const bad = sql("export", {
      connection: "shop",
      query: "SELECT nothing FROM nowhere",
      returns: { file: `out/${db}.csv` },
    });
    expect(await failure(attempt(bad))).toMatchObject({ code: "SQL_FAILED" });
    expect(readFileSync(join(folder, `out/${db}.csv`), "utf8")).toBe(text);
  });

  it("writes Parquet on DuckDB, and says so elsewhere", async () => {
    const task = sql("export", {
      connection: "shop",
      query: "SELECT :n AS n",
      input: type<{ n: number }>(),
      returns: { file: ({ n }) => `out/${db}-${n}.parquet` },
    });
    if (db !== "duckdb") {
      expect(await failure(attempt(task, { n: 5 }))).toMatchObject({ code: "INVALID_OPTION" });
      return;
    }
    expect(await attempt(task, { n: 5 })).toMatchObject({ path: "out/duckdb-5.parquet", rows: 1 });
    expect(await query(`SELECT n FROM '${join(folder, "out/duckdb-5.parquet")}'`)).toEqual([{ n: 5 }]);
  });
});
