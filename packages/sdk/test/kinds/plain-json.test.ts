import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineCutter } from "../../src/kinds/command/lines.ts";
import { parseForeignJson, plainText, toPlainJson } from "../../src/kinds/plain-json.ts";
import { env, maskSecrets, maskUrl, readSecret, secret, secretNames } from "../../src/kinds/secret.ts";
import { elementType, isRecordList, relationOf } from "../../src/kinds/sql/relation.ts";
import { exactDecimal, exactInteger, uniqueColumns } from "../../src/kinds/sql/session.ts";

describe("JSON for other languages", () => {
  it.each([
    [
      { at: new Date(0), big: 2n ** 70n, no: undefined },
      '{"at":"1970-01-01T00:00:00.000Z","big":1180591620717411303424}',
    ],
    [new Map([["a", new Set([1])]]), '{"a":[1]}'],
    [new Map([[1, "a"]]), '[[1,"a"]]'],
    [[new Uint8Array([1, 2]), new Float64Array([1.5]), Buffer.from("a")], '["AQI=",[1.5],"YQ=="]'],
    [[Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN)], "[null,null,null]"],
    [undefined, "null"],
  ])("writes %o", (value, text) => {
    expect(toPlainJson(value)).toBe(text);
  });

  it.each([
    ["[NaN, Infinity, -Infinity]", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['{"NaN": "a NaN \\" Infinity", "b": NaN}', { NaN: 'a NaN " Infinity', b: Number.NaN }],
    [
      "[9007199254740993, -12345678901234567890, 1e400, 1.0000000000000001]",
      [9007199254740993n, -12345678901234567890n, Infinity, 1],
    ],
    ['"12345678901234567890"', "12345678901234567890"],
  ])("reads %s", (text, value) => {
    expect(parseForeignJson(text)).toEqual(value);
  });

  it.each(["", "[NaN", "nan", "[1,]", "hello"])("refuses %j", (text) => {
    expect(() => parseForeignJson(text)).toThrow(SyntaxError);
  });

  it("reads what JSON.stringify writes, save for fractions that look like whole numbers", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\d{16}/.test(text));
        expect(parseForeignJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("writes any value as one text", () => {
    expect([plainText("a"), plainText(null), plainText(1.5), plainText(2n), plainText(true), plainText([1])]).toEqual([
      "a",
      "",
      "1.5",
      "2",
      "true",
      "[1]",
    ]);
  });
});

describe("lines", () => {
  it("are the same however their bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "é", "😀", "\n", "\r\n", "\r"), { maxLength: 30 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        (parts, cuts) => {
          const bytes = Buffer.from(parts.join(""));
          const lines: string[] = [];
          const cutter = new LineCutter((line) => lines.push(line));
          for (let at = 0; at < bytes.length; ) {
            const length = cuts.next().value as number;
            cutter.write(bytes.subarray(at, at + length));
            at += length;
          }
          cutter.end();
          const expected = parts
            .join("")
            .split("\n")
            .map((line, index, all) => (index < all.length - 1 ? line.replace(/\r$/, "") : line));
          if (expected.at(-1) === "") expected.pop();
          expect(lines).toEqual(expected);
        },
      ),
    );
  });

  it("that never end come in pieces", () => {
    const lines: string[] = [];
    const cutter = new LineCutter((line) => lines.push(line), 4);
    cutter.write(Buffer.from("abcdefghij"));
    cutter.write(Buffer.from("k\nl"));
    cutter.end();
    expect(lines).toEqual(["abcd", "efgh", "ijk", "l"]);
  });
});

describe("secrets", () => {
  it("are read when they are needed, and hidden from then on", async () => {
    const reader = { secret: async (name: string) => `value of ${name}` };
    const fromEnv = env("KINDS_JSON_SECRET");
    delete process.env["KINDS_JSON_SECRET"];
    await expect(readSecret(fromEnv, "key of x", reader)).rejects.toThrow(
      expect.objectContaining({
        code: "MISSING_SECRET",
        message: "The key of x is in KINDS_JSON_SECRET, which is not set.",
      }),
    );
    process.env["KINDS_JSON_SECRET"] = 'pä"ss word';
    expect(await readSecret(fromEnv, "key of x", reader)).toBe('pä"ss word');
    expect(maskSecrets(`a pä"ss word b p%C3%A4%22ss%20word c ${JSON.stringify('pä"ss word')}`)).toBe(
      'a *** b *** c "***"',
    );
    expect(await readSecret(env("KINDS_JSON_UNSET", { default: "else" }), "x", reader)).toBe("else");
    expect(await readSecret("plain", "x", reader)).toBe("plain");
    expect(await readSecret(secret("shop-token"), "x", reader)).toBe("value of shop-token");
    expect(maskSecrets("the value of shop-token")).toBe("the ***");
    expect(() => env("A=B")).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(() => secret("a name")).toThrow(expect.objectContaining({ code: "INVALID_NAME" }));
  });

  it("that are stored are found among the options of a kind", () => {
    const given = {
      a: secret("one"),
      b: [env("TWO"), { c: secret("three") }],
      d: "four",
      e: null,
      f: () => secret("x"),
    };
    expect(secretNames(given, undefined, secret("five"), new URL("http://six/"))).toEqual(["one", "three", "five"]);
  });

  it("in addresses are hidden", () => {
    expect(maskUrl("postgres://me:geheim@host:5432/db?a=b@c")).toBe("postgres://me:***@host:5432/db?a=b@c");
    expect(maskUrl("https://host/a:b@c")).toBe("https://host/a:b@c");
  });
});

describe("relations", () => {
  it("have the columns and the types of their records", () => {
    const { columns } = relationOf([
      { id: 1, x: 1, when: null, mixed: "a", deep: [1], big: 1, none: null },
      { id: 2, x: 0.5, when: new Date(0), mixed: 5, deep: "s", big: 2n ** 64n, extra: true },
    ]);
    expect(Object.fromEntries(columns.map(({ name, type }) => [name, type]))).toEqual({
      id: "integer",
      x: "double",
      when: "timestamp",
      mixed: "text",
      deep: "json",
      big: "decimal",
      none: "text",
      extra: "boolean",
    });
    expect(relationOf([{ a: "1", b: 2 }], { b: "text", c: "date" }).columns).toEqual([
      { name: "b", type: "text" },
      { name: "c", type: "date" },
      { name: "a", type: "text" },
    ]);
  });

  it("are lists of plain objects", () => {
    expect([[{}], [{ a: 1 }, { b: 2 }]].every(isRecordList)).toBe(true);
    expect([[], [1], [{}, null], [new Date()], [[1]], [new Map()], {}, null].some(isRecordList)).toBe(false);
    expect([elementType([1, 2n]), elementType([1, 0.5]), elementType([null]), elementType(["a", 1])]).toEqual([
      "integer",
      "double",
      "text",
      "text",
    ]);
  });
});

describe("values of databases", () => {
  it("are numbers where a number holds them", () => {
    expect([exactInteger(5n), exactInteger(2n ** 53n), exactInteger(-(2n ** 53n) + 1n)]).toEqual([
      5,
      2n ** 53n,
      -(2 ** 53) + 1,
    ]);
    expect(
      ["0.10", "-123456789012.345", "0.000000000000001", "1234567890.1234567", "NaN", "-Infinity"].map(exactDecimal),
    ).toEqual([0.1, -123456789012.345, 1e-15, "1234567890.1234567", Number.NaN, Number.NEGATIVE_INFINITY]);
  });

  it("have columns of one name each", () => {
    expect(uniqueColumns(["a", "a", "a_2", "b", "a"])).toEqual(["a", "a_2", "a_2_2", "b", "a_3"]);
  });
});
