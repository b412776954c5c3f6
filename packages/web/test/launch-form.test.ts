// A form of a schema: which fields, what they mean as JSON, and the same run in other words.
import { MillraceError } from "@millrace/contract";
import { expect, test } from "vitest";
import { issuesAt, issuesElsewhere, issuesOf, issueText } from "../src/features/launch/field-issues.ts";
import { type Asked, bodyOf, commandOf, curlOf } from "../src/features/launch/launch-words.ts";
import {
  blankOf,
  defaultsOf,
  emptyOf,
  type Field,
  fieldsOf,
  parseField,
  type Schema,
  textOf,
  withValue,
} from "../src/features/launch/params-schema.ts";
import { rangeText } from "../src/features/launch/range-text.ts";

// As zod makes it.
const SCHEMA: Schema = {
  type: "object",
  properties: {
    region: { default: "eu", type: "string", enum: ["eu", "us"] },
    rows: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    share: { type: "number", exclusiveMinimum: 0, maximum: 1, multipleOf: 0.05 },
    mode: {
      anyOf: [
        { type: "number", const: 1 },
        { type: "string", const: "two" },
      ],
    },
    since: { type: "string", format: "date" },
    at: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }], description: "When" },
    limit: { type: ["number", "null"] },
    force: { type: "boolean" },
    dry: { type: "boolean" },
    tags: { type: "array", items: { type: "string" } },
    pairs: { type: "array", items: { type: "object", properties: {} } },
    target: {
      type: "object",
      properties: { table: { type: "string" }, keep: { type: "boolean", default: true } },
      required: ["table"],
    },
    weights: { type: "object" },
    any: {},
    only: { const: "x" },
    either: { oneOf: [{ type: "object" }, { type: "string" }] },
  },
  required: ["rows", "share", "mode", "at", "limit", "force", "tags", "target", "only"],
};

function field(name: string): Field {
  const found = fieldsOf(SCHEMA).find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no field ${name}.`);
  return found;
}

test("each kind of a schema has its field", () => {
  expect(fieldsOf(SCHEMA).map(({ name, kind, isNeeded, isNullable }) => [name, kind, isNeeded, isNullable])).toEqual([
    ["region", "choice", false, false],
    ["rows", "whole", true, false],
    ["share", "number", true, false],
    ["mode", "choice", true, false],
    ["since", "day", false, false],
    ["at", "instant", true, true],
    ["limit", "number", true, true],
    ["force", "flag", true, false],
    ["dry", "choice", false, false],
    ["tags", "list", true, false],
    ["pairs", "json", false, false],
    ["target", "group", true, false],
    ["weights", "json", false, false],
    ["any", "json", false, false],
    ["only", "choice", true, false],
    ["either", "json", false, false],
  ]);
  expect(field("mode").schema.enum).toEqual([1, "two"]);
  expect(field("at").schema.description).toBe("When");
  expect(field("target").fields.map(({ name, kind }) => [name, kind])).toEqual([
    ["table", "text"],
    ["keep", "flag"],
  ]);
  expect(fieldsOf(null)).toEqual([]);
});

test("a form begins with what it shows", () => {
  expect(defaultsOf(SCHEMA)).toEqual({
    region: "eu",
    at: null,
    limit: null,
    force: false,
    tags: [],
    target: { keep: true },
  });
});

test("what is emptied is null where null is a value, and else left out", () => {
  expect([emptyOf(field("limit")), emptyOf(field("rows"))]).toEqual([null, undefined]);
  expect(withValue({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
  expect([blankOf(field("mode")), blankOf(field("rows")), blankOf(field("since"))]).toEqual([1, null, ""]);
});

test.for([
  ["whole", "12", 12],
  ["instant", "2026-01-02T03:04:05", "2026-01-02T03:04:05.000Z"],
  ["json", '{"a":[1]}', { a: [1] }],
  ["text", "12", "12"],
] as const)("%s is typed as %s and read back", ([kind, text, value]) => {
  expect(parseField(kind, text)).toEqual(value);
  expect(textOf(kind, value)).toBe(text);
});

test("what is no value is shown as nothing, and nothing is no value", () => {
  expect([textOf("instant", "soon"), textOf("text", null), textOf("json", null)]).toEqual(["", "", "null"]);
  expect(parseField("number", "")).toBeUndefined();
});

test.for([
  ["rows", "at least 1"],
  ["share", "more than 0, at most 1, in steps of 0.05"],
  ["since", "date"],
  ["at", "UTC, empty is null"],
  ["pairs", "JSON, array"],
  ["any", "JSON"],
  ["region", ""],
] as const)("%s takes %s", ([name, text]) => {
  expect(rangeText(field(name))).toBe(text);
});

const ASKED: Asked = {
  flow: "sales/daily orders",
  params: { region: "eu", tags: ["it's"] },
  partition: "2026-01-01",
  version: null,
  selection: { kind: "from", nodes: ["load", "sum"] },
};

test("the same run is a command and a request, with the token of whoever sends it", () => {
  expect(commandOf(ASKED)).toBe(
    `millrace run 'sales/daily orders' --partition 2026-01-01 --from load,sum --param region=eu --param 'tags=["it'\\''s"]'`,
  );
  expect(bodyOf({ ...ASKED, partition: "", version: "v", selection: { kind: "only", nodes: [] } })).toEqual({
    params: ASKED.params,
    version: "v",
  });
  expect(curlOf("http://127.0.0.1:7430", { ...ASKED, params: {}, partition: "" })).toBe(
    [
      "curl -X POST http://127.0.0.1:7430/api/v1/flows/sales%2Fdaily%20orders/runs",
      `-H "Authorization: Bearer $MILLRACE_TOKEN"`,
      "-H 'Content-Type: application/json'",
      `-d '{"params":{},"selection":{"kind":"from","nodes":["load","sum"]}}'`,
    ].join(" \\\n  "),
  );
});

test("what does not fit is said at its field, and the rest beside", () => {
  const issues = [
    { path: ["target", "table"], message: "too short" },
    { path: ["tags", 1], message: "no tag" },
    { path: [], message: "never both" },
  ];
  const refused = new MillraceError("INVALID_PARAMS", "It does not fit.", { issues });
  expect(issuesOf(refused)).toEqual(issues);
  expect(issuesOf(new MillraceError("USAGE", "No.", { issues }))).toEqual([]);
  expect(issuesAt(issues, "target")).toEqual([{ path: ["table"], message: "too short" }]);
  expect(issuesAt(issuesAt(issues, "tags"), 1)).toEqual([{ path: [], message: "no tag" }]);
  expect(issuesElsewhere(issues, fieldsOf(SCHEMA)).map(issueText)).toEqual(["never both"]);
  expect(issuesAt(issues, "target").map(issueText)).toEqual(["table: too short"]);
});
