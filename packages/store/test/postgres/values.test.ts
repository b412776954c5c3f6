import fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { type ColumnType, encodeArray } from "../../src/postgres/binary-array.ts";
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

/** What the server understood, in its own words. */
async function understood(type: ColumnType, values: readonly unknown[]): Promise<unknown[]> {
  const { rows } = await client.query<{ one: string | null }>(
    `select one::text as one from unnest($1::${type}[]) with ordinality as given (one, at) order by at`,
    [encodeArray(type, values)],
  );
  return rows.map(({ one }) => one);
}

const whole = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const NUMBERS: readonly [ColumnType, fc.Arbitrary<number | boolean>][] = [
  ["bigint", fc.maxSafeInteger()],
  ["integer", whole(32)],
  ["smallint", whole(16)],
  ["boolean", fc.boolean()],
];

describe("an array in the server's own form", () => {
  test.each(NUMBERS)("of %s means what it says", async (type, one) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(one)), async (values) => {
        expect(await understood(type, values)).toEqual(values.map((value) => (value === null ? null : String(value))));
      }),
      { numRuns: 30, examples: type === "bigint" ? [[[0, -1, 2 ** 32, -(2 ** 32), 2 ** 32 - 1]]] : [] },
    );
  });

  test("of text means what it says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.string({ unit: "grapheme" }))), async (values) => {
        const texts = (await understood("text", values)) as (string | null)[];
        expect(texts.map((text) => (text === null ? null : unescapeText(text)))).toEqual(values);
      }),
      { numRuns: 50, examples: [[["", "\u0000", "a\u0000\u001ab", '{"x":"\\\\"}', "🌊"]]] },
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
