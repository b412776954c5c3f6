import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { flowTypesText } from "../../src/flow-types/flow-types-text.ts";
import { typeOfSchema } from "../../src/flow-types/type-of-schema.ts";

const DAILY = {
  type: "object",
  required: ["days"],
  properties: {
    region: { enum: ["eu", "us"], default: "eu", description: "Which one." },
    days: { type: "integer", minimum: 1 },
    tags: { type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] } },
    pair: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], items: { type: "boolean" } },
    at: {
      type: "object",
      properties: {
        "the place": { type: ["string", "null"] },
        limits: { type: "object", additionalProperties: { type: "number" } },
      },
    },
    tree: { allOf: [{ $ref: "#/$defs/named" }, { type: "object" }] },
    grid: { type: "array", items: { type: "array", items: { type: "number" } } },
    any: true,
  },
  $defs: { named: { type: "object", required: ["name"], properties: { name: { type: "string" } } } },
};

test("a file has the type of each flow's parameters, as its JSON Schema says", () => {
  const flows = [
    { name: "loose", description: null, params: undefined },
    { name: "daily-orders", description: "Orders of a day */ and\n a region", params: DAILY },
    { name: "cleanup", description: null, params: null },
  ];
  // The file is compiled with the tests, and `flow-types.test-d.ts` uses it.
  const expected = readFileSync(path.join(import.meta.dirname, "sample-flows.d.ts"), "utf8");
  expect(flowTypesText(flows)).toBe(expected);
});

test.each([
  [{ oneOf: [{ const: 1 }, { const: "one" }, { const: 1 }] }, '1 | "one"'],
  [{ type: "object", additionalProperties: false }, "Record<string, never>"],
  [{ type: "array" }, "readonly unknown[]"],
  [{ type: "array", prefixItems: [{ type: "boolean" }] }, "readonly [boolean]"],
  [{ enum: [{ a: 1 }, null] }, "unknown | null"],
  [{ $ref: "https://example.com/other.json" }, "unknown"],
  [{ $ref: "#/$defs/none" }, "unknown"],
  [{ not: {} }, "unknown"],
  [undefined, "unknown"],
])("the type of %j", (schema, type) => {
  expect(typeOfSchema(schema)).toBe(type);
});

test("a schema that goes in circles has an end", () => {
  const schema = { $ref: "#/$defs/list", $defs: { list: { type: "array", items: { $ref: "#/$defs/list" } } } };
  expect(typeOfSchema(schema)).toMatch(/^(?:readonly \(?)+unknown/);
});
