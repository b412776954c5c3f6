import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { MillraceError } from "@millrace/core";
import { afterAll, describe, expect, test } from "vitest";
import { parseParamText, readParams } from "../../src/params/read-params.ts";

const folder = mkdtempSync(path.join(tmpdir(), "millrace-params-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const name = path.join(folder, "params.json");
  writeFileSync(name, text);
  return name;
}

const jsonSchema = {
  type: "object",
  properties: {
    region: { enum: ["eu", "us"] },
    count: { type: "integer" },
    code: { type: "string" },
    dry: { type: "boolean" },
    tags: { type: "array", items: { type: "string" } },
    limits: { type: "object", properties: { rows: { type: "number" } } },
    maybe: { anyOf: [{ type: "number" }, { type: "null" }] },
    "a.b": { type: "string" },
  },
};

function read(pairs: readonly string[], from?: string): unknown {
  return readParams({ file: from, pairs, params: { jsonSchema } });
}

describe("--param", () => {
  test.each([
    [["region=us"], { region: "us" }],
    [["count=7"], { count: 7 }],
    [["code=007"], { code: "007" }],
    [["code=7"], { code: "7" }],
    [["code=true"], { code: "true" }],
    [["code=a=b"], { code: "a=b" }],
    [["code="], { code: "" }],
    [["dry=true"], { dry: true }],
    [["tags=a", "tags=b"], { tags: ["a", "b"] }],
    [["tags=7"], { tags: ["7"] }],
    [['tags=["a","b"]'], { tags: ["a", "b"] }],
    [["limits.rows=5"], { limits: { rows: 5 } }],
    [['limits={"rows":5}'], { limits: { rows: 5 } }],
    [["maybe=null"], { maybe: null }],
    [["maybe=2.5"], { maybe: 2.5 }],
    [["a.b=x"], { "a.b": "x" }],
  ])("%j is %j", (pairs, value) => {
    expect(read(pairs)).toEqual(value);
  });

  test("leaves what fits no type as text, for the flow's schema to refuse", () => {
    expect(read(["count=many"])).toEqual({ count: "many" });
    expect(read(["dry=1"])).toEqual({ dry: "1" });
  });

  test("without a schema takes JSON where it is JSON", () => {
    expect(readParams({ file: undefined, pairs: ["n=1", "t=x"], params: { jsonSchema: null } })).toEqual({
      n: 1,
      t: "x",
    });
    expect(parseParamText('{"a":', {})).toBe('{"a":');
  });

  test("wins over the file", () => {
    expect(read(["count=2"], file('{"count": 1, "region": "eu", "limits": {"other": 1}}'))).toEqual({
      count: 2,
      region: "eu",
      limits: { other: 1 },
    });
    expect(read(["limits.rows=3"], file('{"limits": {"rows": 1, "other": 1}}'))).toEqual({
      limits: { rows: 3, other: 1 },
    });
    expect(read(["tags=c"], file('{"tags": ["a"]}'))).toEqual({ tags: ["c"] });
  });

  test("cannot reach an object's prototype", () => {
    const open = readParams({ file: undefined, pairs: ["__proto__.bad=1"], params: { jsonSchema: null } });
    expect(Object.getPrototypeOf(open)).toBe(Object.prototype);
    expect(({} as { bad?: unknown }).bad).toBeUndefined();
  });
});

describe("what is refused", () => {
  function refusal(act: () => unknown): string {
    try {
      act();
    } catch (error) {
      if (error instanceof MillraceError) return `${error.code}: ${error.message} ${error.hint}`;
    }
    return "nothing was refused";
  }

  test.each([
    ["no =", () => read(["count"]), "USAGE"],
    ["no name", () => read(["=1"]), "USAGE"],
    ["twice", () => read(["count=1", "count=2"]), "USAGE: --param count is given twice."],
    ["unknown", () => read(["cuont=1"]), 'INVALID_PARAMS: The flow has no parameter "cuont". Did you mean "count"?'],
    ["a file that is not there", () => read([], path.join(folder, "no.json")), "USAGE: --params: cannot read"],
    ["a file that is not JSON", () => read([], file("{")), "is not JSON"],
    ["a file without an object", () => read([], file("[1]")), "holds no object"],
    [
      "a flow without parameters",
      () => readParams({ file: undefined, pairs: ["a=1"], params: null }),
      "INVALID_PARAMS",
    ],
  ])("%s", (_name, act, message) => {
    expect(refusal(act)).toContain(message);
  });
});
