import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { decode, type EncodedText, encode } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Keys that JSON, the format or the language could trip over. */
const keys = fc.oneof(fc.string(), fc.constantFrom("$", "v", "__proto__", "constructor", "length", "0", ""));
const values = fc.anything({
  key: keys,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  maxDepth: 4,
});

describe("the format", () => {
  // The texts are the storage format: a change to any of them breaks every store there is.
  it.each([
    ["null", null, "null"],
    ["a boolean", true, "true"],
    ["a number", -1.5, "-1.5"],
    ["text", 'say "$"', '"say \\"$\\""'],
    ["plain data", { a: [1, { b: null }], c: "x" }, '{"a":[1,{"b":null}],"c":"x"}'],
    ["undefined", undefined, '{"$":"undefined"}'],
    ["undefined inside", { a: undefined, b: [undefined] }, '{"a":{"$":"undefined"},"b":[{"$":"undefined"}]}'],
    [
      "numbers that JSON lacks",
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0],
      '[{"$":"NaN"},{"$":"Infinity"},{"$":"-Infinity"},{"$":"-0"},0]',
    ],
    ["a BigInt", -12n, '{"$":"BigInt","v":"-12"}'],
    ["a Date", new Date(0), '{"$":"Date","v":"1970-01-01T00:00:00.000Z"}'],
    ["an invalid Date", new Date(Number.NaN), '{"$":"Date","v":null}'],
    ["a far Date", new Date(8.64e15), '{"$":"Date","v":"+275760-09-13T00:00:00.000Z"}'],
    [
      "a Map",
      new Map<unknown, unknown>([
        ["a", 1],
        [{ b: 2 }, new Date(0)],
      ]),
      '{"$":"Map","v":[["a",1],[{"b":2},{"$":"Date","v":"1970-01-01T00:00:00.000Z"}]]}',
    ],
    ["a Set", new Set([1, "a", undefined]), '{"$":"Set","v":[1,"a",{"$":"undefined"}]}'],
    ["a RegExp", /a"b/gi, '{"$":"RegExp","v":{"source":"a\\"b","flags":"gi"}}'],
    ["a URL", new URL("https://example.com/a?b=1"), '{"$":"URL","v":"https://example.com/a?b=1"}'],
    ["an ArrayBuffer", new Uint8Array([1, 2, 3]).buffer, '{"$":"ArrayBuffer","v":"AQID"}'],
    ["a typed array", new Float64Array([1, -2]), '{"$":"Float64Array","v":"AAAAAAAA8D8AAAAAAAAAwA=="}'],
    ["a Buffer", Buffer.from("mill"), '{"$":"Buffer","v":"bWlsbA=="}'],
    ["an object with $", { $: "Date", v: 0 }, '{"$":"Object","v":{"$":"Date","v":0}}'],
  ])("writes %s, and reads it back", (_, value, text) => {
    expect(encode(value)).toBe(text);
    expect(isDeepStrictEqual(decode(text as EncodedText), value)).toBe(true);
  });

  it("writes part of a buffer as that part", () => {
    const whole = new Uint16Array([1, 2, 3, 4]);
    expect(decode(encode(whole.subarray(1, 3)))).toEqual(new Uint16Array([2, 3]));
  });

  it.each([
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float16Array,
    Float32Array,
    Float64Array,
  ])("keeps a %o", (View) => {
    const back = decode(encode({ list: new View([0, 1, 100]) })) as { list: unknown };
    expect(back.list).toBeInstanceOf(View);
    expect(back.list).toEqual(new View([0, 1, 100]));
  });

  it.each([BigInt64Array, BigUint64Array])("keeps a %o", (View) => {
    expect(decode(encode(new View([5n, 2n ** 60n])))).toEqual(new View([5n, 2n ** 60n]));
  });

  it("keeps a Buffer as bytes where there is no Buffer", () => {
    const text = encode(Buffer.from("mill"));
    const { Buffer: node } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, "Buffer");
      expect(decode(text)).toEqual(new Uint8Array([109, 105, 108, 108]));
      expect(encode(new Uint8Array([1]))).toBe('{"$":"Uint8Array","v":"AQ=="}');
    } finally {
      globalThis.Buffer = node;
    }
  });

  it("is described with every kind that the decoder knows", () => {
    const decoder = readFileSync(new URL("../../src/value/decode.ts", import.meta.url), "utf8");
    const description = readFileSync(new URL("../../src/value/codec.ts", import.meta.url), "utf8");
    const kinds = Array.from(decoder.matchAll(/case "([^"]+)"/g), ([, kind]) => kind);
    expect(kinds.length).toBeGreaterThan(12);
    for (const kind of kinds) expect(description).toContain(`{"$":"${kind}"`);
  });
});

describe("errors", () => {
  it("come back with name, message and cause", () => {
    class QuotaError extends Error {
      override name = "QuotaError";
    }
    const back = decode(encode([new TypeError("no", { cause: new Date(0) }), new QuotaError("full")])) as Error[];
    expect(back[0]).toBeInstanceOf(TypeError);
    expect(back[0]).toMatchObject({ name: "TypeError", message: "no", cause: new Date(0), stack: "TypeError: no" });
    expect(back[1]).toBeInstanceOf(Error);
    expect(back[1]).toMatchObject({ name: "QuotaError", message: "full", stack: "QuotaError: full" });
    expect("cause" in (back[1] as Error)).toBe(false);
    expect(Object.keys(back[1] as Error)).toEqual([]);
  });

  it("that have a toJSON are errors all the same", () => {
    const error = Object.assign(new Error("timeout"), { toJSON: () => "secret headers" });
    expect(encode(error)).toBe('{"$":"Error","v":{"name":"Error","message":"timeout"}}');
  });
});

describe("instances of classes", () => {
  it("go by their own enumerable properties", () => {
    class Order {
      readonly id = 7;
      readonly at = new Date(0);
      get label(): string {
        return "computed";
      }
    }
    expect(decode(encode({ order: new Order() }))).toEqual({ order: { id: 7, at: new Date(0) } });
  });

  it("go by their toJSON where they have one", () => {
    class Money {
      readonly #cents = 250;
      toJSON(): unknown {
        return { amount: this.#cents / 100, since: new Date(0) };
      }
    }
    class Name {
      toJSON(): string {
        return "Ada";
      }
    }
    class Itself {
      readonly a = 1;
      toJSON(): unknown {
        return this;
      }
    }
    class Wrapped {
      toJSON(): unknown {
        return [new Date(0), Buffer.from("x")];
      }
    }
    class Instant {
      toJSON(): unknown {
        return new Date(0);
      }
    }
    const plain = { hidden: 1, toJSON: () => ({ shown: 2n }) };
    expect(decode(encode([new Money(), new Name(), new Itself(), new Wrapped(), new Instant(), plain]))).toEqual([
      { amount: 2.5, since: new Date(0) },
      "Ada",
      { a: 1 },
      [new Date(0), Buffer.from("x")],
      new Date(0),
      { shown: 2n },
    ]);
  });

  it("that only wrap a primitive are that primitive", () => {
    expect(encode([Object(1), Object("a"), Object(true), Object(2n)])).toBe('[1,"a",true,{"$":"BigInt","v":"2"}]');
  });

  it("that extend a known class come back as that class", () => {
    class Lookup extends Map<string, number> {}
    expect(decode(encode(new Lookup([["a", 1]])))).toEqual(new Map([["a", 1]]));
  });
});

describe("what comes back", () => {
  it("is what was put in", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(isDeepStrictEqual(decode(encode(value)), filled(value))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is plain JSON for plain data", () => {
    const plain = fc.jsonValue();
    fc.assert(
      fc.property(plain, (value) => {
        fc.pre(!JSON.stringify(value).includes('"$"') && isDeepStrictEqual(value, JSON.parse(JSON.stringify(value))));
        expect(encode(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it("does not touch what was handed in", () => {
    const value = { rows: [{ at: new Date(0), list: [undefined, 1n] }], $: 1 };
    const copy = structuredClone(value);
    encode(value);
    expect(value).toEqual(copy);
    expect(() => encode(Object.freeze([Object.freeze({ at: new Date(0) })]))).not.toThrow();
  });

  it("has undefined for a hole, and objects of its own", () => {
    const shared = { a: 1 };
    const holed = [shared];
    holed[2] = shared;
    const back = decode(encode(holed)) as unknown[];
    expect(back).toStrictEqual([{ a: 1 }, undefined, { a: 1 }]);
    expect(back[0]).not.toBe(back[2]);
  });

  it("keeps fields called __proto__ from becoming prototypes", () => {
    const value = JSON.parse('{"__proto__":{"polluted":true},"at":1}') as { at: unknown };
    value.at = new Date(0);
    const back = decode(encode(value)) as object;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.keys(back)).toEqual(["__proto__", "at"]);
    const date = decode('{"__proto__":{"$":"Date","v":null}}' as EncodedText) as object;
    expect(Object.getPrototypeOf(date)).toBe(Object.prototype);
  });
});

describe("decode", () => {
  it.each(["", "{", "undefined", '{"a":}'])("refuses %j, which is no JSON", (text) => {
    expect(() => decode(text as EncodedText)).toThrow(expect.objectContaining({ code: "VALUE_UNREADABLE" }));
  });

  it("refuses a kind that it does not know", () => {
    expect(() => decode('[{"$":"Temporal","v":"P1D"}]' as EncodedText)).toThrow(
      expect.objectContaining({ code: "VALUE_UNREADABLE", message: expect.stringContaining('"Temporal"') }),
    );
  });
});

/** Holes come back as undefined, which deep equality tells apart. */
function filled(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, filled);
  if (value instanceof Map) return new Map(Array.from(value, ([key, each]) => [filled(key), filled(each)]));
  if (value instanceof Set) return new Set(Array.from(value, filled));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const copy: object = JSON.parse("{}");
  for (const [name, each] of Object.entries(value)) {
    Object.defineProperty(copy, name, { value: filled(each), enumerable: true, writable: true, configurable: true });
  }
  return copy;
}
