import { encode, MillraceError, REF_BRAND } from "@millrace/core";
import { describe, expect, it } from "vitest";

function refusalOf(value: unknown, what?: string): MillraceError {
  try {
    encode(value, what);
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error("It was encoded.");
}

class Hidden {
  readonly #state = 1;
  read(): number {
    return this.#state;
  }
}

/** A query builder, say: whoever awaits it runs the query. */
const QUERY = new Proxy(Object.create({}), {
  has: (_, name) => name === "then",
  get: (_, name) => (name === "then" ? () => 1 : undefined),
});

const ref = new Proxy(Object.create({ [REF_BRAND]: true }), {});
const plainRef = new Proxy({ [REF_BRAND]: true }, { ownKeys: () => [REF_BRAND] });
const callableRef = Object.assign(() => 1, { [REF_BRAND]: true });

describe("encode refuses", () => {
  it.each<[string, unknown, string]>([
    ["a function", { orders: [1, 2, 3, { callback() {} }] }, ".orders[3].callback is a function"],
    ["a class", Hidden, "it is a function"],
    ["a symbol", { "strange key": Symbol("x") }, '["strange key"] is a symbol'],
    ["a promise", { $result: Promise.resolve(1) }, ".$result is a promise"],
    ["a query that is awaited", [QUERY], "[0] is a promise"],
    ["a generator", (function* () {})(), "it is an iterator"],
    ["an iterator", { keys: new Map().keys() }, ".keys is an iterator"],
    ["a WeakMap", { cache: new WeakMap() }, ".cache is a WeakMap that shows no properties"],
    ["a DataView", new DataView(new ArrayBuffer(2)), "it is a DataView"],
    ["a SharedArrayBuffer", [new SharedArrayBuffer(2)], "[0] is a SharedArrayBuffer that shows no properties"],
    ["an instance with nothing but private state", { it: new Hidden() }, ".it is a Hidden that shows no properties"],
    ["an instance of a nameless class", new (class {})(), "it is a nameless class that shows no properties"],
    [
      "an object that hides its class",
      Object.create({ constructor: 5 }),
      "it is a nameless class that shows no properties",
    ],
    ["a reference", { in: { ref } }, ".in.ref is a reference to the output of a task"],
    ["a reference over a plain object", [plainRef], "[0] is a reference to the output of a task"],
    ["a reference that can be called", [callableRef], "[0] is a reference to the output of a task"],
    ["part of a Map", { byId: new Map([["a", { f() {} }]]) }, '.byId.get("a").f is a function'],
    ["the value of a Map under an object", new Map([[{}, Symbol("x")]]), ".get(<key 0>) is a symbol"],
    ["a key of a Map", new Map([[Symbol("x"), 1]]), ".<key 0> is a symbol"],
    ["a member of a Set", { seen: new Set([1, () => 1]) }, ".seen.<member 1> is a function"],
    ["the cause of an error", new Error("x", { cause: { socket: () => 1 } }), ".cause.socket is a function"],
    ["part of what toJSON gave", { a: { toJSON: () => ({ b: Symbol("x") }) } }, ".a.b is a symbol"],
    ["a function that toJSON gave", [{ toJSON: () => () => 1 }], "[0] is a function"],
  ])("%s", (_, value, message) => {
    const error = refusalOf(value);
    expect(error.code).toBe("OUTPUT_NOT_STORABLE");
    expect(error.message).toBe(`The value cannot be stored: ${message}.`);
    expect(error.hint).toMatch(/\.$/);
  });

  it("naming what the value was", () => {
    expect(refusalOf(() => 1, 'output of task "load"').message).toBe(
      'The output of task "load" cannot be stored: it is a function.',
    );
  });

  it("a text that JavaScript cannot hold", () => {
    let asked = 0;
    const value = {
      get text(): string {
        asked += 1;
        if (asked > 1) throw new RangeError("Invalid string length");
        return "x";
      },
    };
    expect(() => encode(value)).toThrow(expect.objectContaining({ code: "OUTPUT_TOO_LARGE" }));
  });

  it("nothing by itself where a getter throws: that error is the user's", () => {
    const error = new Error("not open");
    const value = {
      deep: [
        {
          get status(): never {
            throw error;
          },
        },
      ],
    };
    expect(() => encode(value)).toThrow(error);
  });
});

describe("cycles", () => {
  it.each<[string, () => unknown, string]>([
    ["an object in itself", () => cyclic((self) => ({ a: { self } })), ".a.self leads back to the whole"],
    ["a list in itself", () => ({ x: cyclic((self) => [1, [self]]) }), ".x[1][0] leads back to .x"],
    ["a Map in itself", () => cyclic((self) => new Map([["me", self]])), '.get("me") leads back to the whole'],
    ["a Map by its key", () => cyclic((self) => new Map([[self, 1]])), ".<key 0> leads back to the whole"],
    ["a Set in itself", () => ({ s: cyclic((self) => new Set([self])) }), ".s.<member 0> leads back to .s"],
    [
      "an error that causes itself",
      () => cyclic((self) => new Error("x", { cause: self })),
      ".cause leads back to the whole",
    ],
    [
      "behind data that is fine",
      () => cyclic((self) => ({ twice: [SHARED, SHARED], bytes: new Uint8Array(3), json: { toJSON: () => 1 }, self })),
      ".self leads back to the whole",
    ],
  ])("%s", (_, make, message) => {
    const error = refusalOf(make());
    expect(error.code).toBe("OUTPUT_NOT_STORABLE");
    expect(error.message).toBe(`The value cannot be stored: ${message}, so it has no end.`);
  });

  it("are not seen in what is only nested deeply", () => {
    const text = encode(nested(1_500));
    expect(text).toBe(`${"[".repeat(1_500)}1${"]".repeat(1_500)}`);
  });

  it("are not needed for a value to be refused as nested too deeply", () => {
    const message = "The value cannot be stored: it is nested deeper than 2000 levels.";
    expect(refusalOf(nested(2_500)).message).toBe(message);
    expect(refusalOf(nested(20_000)).message).toBe(message);
    class Endless {
      toJSON(): unknown {
        return { next: new Endless() };
      }
    }
    expect(refusalOf(new Endless()).message).toBe(message);
  });
});

const SHARED = { fine: true };

/** What `make` makes, with itself inside: it is made around a stand-in that is replaced afterwards. */
function cyclic(make: (self: unknown) => object): unknown {
  const standIn = { standIn: true };
  const whole = make(standIn);
  replace(whole, standIn, whole);
  return whole;
}

function replace(inside: object, from: unknown, to: unknown): void {
  if (inside instanceof Map) {
    for (const [key, value] of Array.from(inside)) {
      inside.delete(key);
      inside.set(key === from ? to : key, value === from ? to : value);
    }
  } else if (inside instanceof Set) {
    inside.delete(from);
    inside.add(to);
  } else if (inside instanceof Error) {
    inside.cause = to;
  } else {
    for (const [name, value] of Object.entries(inside)) {
      if (value === from) Object.assign(inside, { [name]: to });
      else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) replace(value, from, to);
    }
  }
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}
