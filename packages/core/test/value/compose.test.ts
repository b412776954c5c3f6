import {
  type ArtifactId,
  decode,
  type EncodedText,
  encode,
  listText,
  pick,
  pickText,
  pointerText,
  recordText,
  UNDEFINED_TEXT,
} from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const values = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, maxDepth: 3 });
const names = fc.oneof(fc.string(), fc.constantFrom("$", "v", "__proto__", 'quote"'));
const ORDERS = "a".repeat(64) as ArtifactId;

describe("composed texts", () => {
  it("of a list are the text of the list", () => {
    fc.assert(
      fc.property(fc.array(values), (list) => {
        const text = listText(list.map((value) => encode(value)));
        expect(text).toBe(encode(list));
      }),
    );
  });

  it("of fields are the text of the object", () => {
    fc.assert(
      fc.property(fc.dictionary(names, values, { noNullPrototype: true }), (record) => {
        const fields = JSON.parse("{}") as Record<string, EncodedText>;
        for (const [name, value] of Object.entries(record)) {
          const text = encode(value);
          Object.defineProperty(fields, name, { value: text, enumerable: true, configurable: true });
        }
        expect(recordText(fields)).toBe(encode(record));
      }),
    );
  });

  it("nest, whatever they hold", () => {
    const text = recordText({ list: listText([encode(new Date(0)), UNDEFINED_TEXT]), $: encode({ $: 1 }) });
    expect(decode(text)).toEqual({ list: [new Date(0), undefined], $: { $: 1 } });
  });
});

describe("picks", () => {
  it("give what is at the path", () => {
    const text = encode({ orders: [{ at: new Date(0) }] });
    expect(decode(pickText(text, ["orders", 0, "at"]))).toEqual(new Date(0));
    expect(decode(listText([pickText(text, ["orders", "length"]), pickText(text, ["orders", 3, "at"])]))).toEqual([
      1,
      undefined,
    ]);
  });

  it("need nothing for the whole", () => {
    expect(pickText(encode(1), [])).toBe("1");
  });

  it("see values and never how they are written", () => {
    const text = encode({ byId: new Map([["a", 1]]), odd: { $: 5 } });
    expect(decode(pickText(text, ["byId", "v"]))).toBe(undefined);
    expect(decode(pickText(text, ["odd", "$"]))).toBe(5);
  });

  it("are what picking from the value gives", () => {
    const paths = fc.array(fc.oneof(names, fc.nat(3)), { maxLength: 3 });
    fc.assert(
      fc.property(values, paths, (value, path) => {
        expect(decode(pickText(encode(value), path))).toEqual(pick(decode(encode(value)), path));
      }),
    );
  });
});

describe("pick", () => {
  it.each<[unknown, (string | number)[], unknown]>([
    [{ a: [1, { b: 2 }] }, ["a", 1, "b"], 2],
    [{ a: 1 }, [], { a: 1 }],
    [{ a: 1 }, ["b", "c", "d"], undefined],
    [null, ["a"], undefined],
    ["text", ["length"], undefined],
    [{}, ["constructor"], undefined],
    [{ a: null }, ["a"], null],
    [[5, 6], ["1"], 6],
  ])("of %j at %j", (value, path, expected) => {
    expect(pick(value, path)).toEqual(expected);
  });
});

describe("pointers", () => {
  it("are written with the artifact's id and the path", () => {
    expect(pointerText(ORDERS)).toBe(`{"$":"Artifact","v":{"id":"${ORDERS}","path":[]}}`);
    expect(pointerText(ORDERS, ["rows", 3])).toBe(`{"$":"Artifact","v":{"id":"${ORDERS}","path":["rows",3]}}`);
  });

  it("are replaced by what they point at, which may hold pointers again", () => {
    const stored: Record<string, EncodedText> = {
      '["rows"]': listText([encode(new Date(0)), pointerText(ORDERS, ["region"])]),
      '["region"]': encode("eu"),
    };
    const text = recordText({ rows: pointerText(ORDERS, ["rows"]), none: pointerText(ORDERS, ["gone"]) });
    const resolved = decode(text, ({ id, path }) => (id === ORDERS ? stored[JSON.stringify(path)] : undefined));
    expect(resolved).toEqual({ rows: [new Date(0), "eu"], none: undefined });
  });

  it("are replaced by a value that is given decoded, because its text would be too long", () => {
    const rows = [new Date(0)];
    expect(decode(pointerText(ORDERS, ["rows"]), () => ({ value: rows }))).toBe(rows);
  });

  it("can be picked from", () => {
    const text = pickText(pointerText(ORDERS), ["total"]);
    expect(decode(text, () => encode({ total: 12n }))).toBe(12n);
  });

  it("are refused where there is no artifact storage", () => {
    expect(() => decode(pointerText(ORDERS))).toThrow(
      expect.objectContaining({ code: "ARTIFACT_MISSING", message: expect.stringContaining(ORDERS) }),
    );
  });
});
