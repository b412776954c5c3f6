import { openStore, parseDatabaseUrl } from "@millrace/store";
import fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { encodeRows } from "../../src/postgres/binary-rows.ts";
import { WRITTEN } from "../../src/postgres/commit-statement.ts";
import { escapeText, unescapeText } from "../../src/postgres/text.ts";

let database: FreshDatabase;
let client: Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.remove();
});

interface Given {
  readonly big: number | null;
  readonly whole: number | null;
  readonly small: number | null;
  readonly words: string | null;
}

const COLUMNS = [
  ["big", "bigint"],
  ["words", "text"],
  ["whole", "integer"],
  ["small", "smallint"],
] as const;

const whole = (bits: number) => fc.option(fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }));
const row = fc.record<Given>({
  big: fc.option(fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2 ** 32, -(2 ** 32), 2 ** 32 - 1, -1, 0))),
  whole: whole(32),
  small: whole(16),
  words: fc.option(
    fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("\u0000", "a\u0000\u001ab", '{"x":"\\\\"}')),
  ),
});

describe("rows in the server's own form", () => {
  test("mean what they say, however many and however long", async () => {
    await client.query("create table given (big bigint, words text, whole integer, small smallint)");
    const { rows: types } = await client.query<{ oid: number }>("select 'given'::regtype::oid as oid");
    const understood = async (rows: readonly Given[]): Promise<unknown> => {
      const { rows: found } = await client.query<Record<keyof Given, string | number | null>>(
        "select big, words, whole, small from unnest($1::given[]) with ordinality order by ordinality",
        [encodeRows(Number(types[0]?.oid), COLUMNS, rows)],
      );
      return found.map(({ big, words, ...rest }) => ({
        ...rest,
        big: big === null ? null : Number(big),
        words: words === null ? null : unescapeText(String(words)),
      }));
    };
    await fc.assert(
      fc.asyncProperty(fc.array(row), async (rows) => {
        expect(await understood(rows)).toEqual(rows);
      }),
      { numRuns: 80 },
    );
    const long = Array.from({ length: 300 }, (_, index) => ({
      big: index,
      whole: null,
      small: 1,
      words: "🌊ä".repeat(index * 20),
    }));
    expect(await understood(long)).toEqual(long);
  });
});

describe("what commits write", () => {
  test("has the columns of the tables, all of them and in their order", async () => {
    await (await openStore(parseDatabaseUrl(database.url))).close();
    const { rows } = await client.query<{ name: string; columns: readonly (readonly [string, string])[] }>(
      `select relname as name, json_agg(json_build_array(attname, format_type(atttypid, null)) order by attnum) as columns
       from pg_attribute join pg_class on pg_class.oid = attrelid
       where relnamespace = 'millrace'::regnamespace and relname = any($1) and attnum > 0 and not attisdropped
       group by relname`,
      [Object.keys(WRITTEN)],
    );
    const tables = Object.fromEntries(rows.map(({ name, columns }) => [name, columns]));
    expect(tables).toEqual(
      Object.fromEntries(Object.entries(WRITTEN).map(([name, { columns }]) => [name, Object.entries(columns)])),
    );
  });
});

describe("a text", () => {
  test("comes back, whatever characters it has, and has none that PostgreSQL lacks", () => {
    const unit = fc.constantFrom("\u0000", "\u001a", "0", "1", "x");
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(escapeText(text)).not.toContain("\u0000");
        expect(unescapeText(escapeText(text))).toBe(text);
      }),
    );
  });
});
