import { expect, test } from "vitest";
import { httpStatus, ROUTES, type RouteName, routeOf } from "../src/index.ts";
import { openApiDocument, schemasOf } from "../src/schemas/index.ts";

const names = Object.keys(ROUTES) as RouteName[];
const made = openApiDocument("1.2.3");

/** Everything inside a document that has this key. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [...(name === key ? [each] : []), ...valuesOf(each, key)]);
}

test.each(names)("%s says who may, and takes what its path names", (name) => {
  const { path, permission, scope, errors } = routeOf(name);
  expect(permission).not.toBe("");
  expect(permission === "anonymous").toBe(scope === "none");
  if (scope === "flow" || scope === "run" || scope === "backfill") expect(path).toContain(`{${scope}}`);
  if (scope === "body")
    expect(Object.keys((schemasOf(name).body as { shape: object } | null)?.shape ?? {})).toContain("flow");
  const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field);
  const { properties = {} } = parameters(name);
  expect(Object.keys(properties)).toEqual(placeholders);
  // A refusal that a route declares is the caller's to understand, and no failure of ours.
  for (const code of errors) expect(httpStatus(code)).not.toBe(500);
});

function parameters(name: RouteName): { properties?: object } {
  const document = made as {
    paths: Record<string, Record<string, { parameters: { in: string; name: string }[] }>>;
  };
  const { path, method } = routeOf(name);
  const found = document.paths[path]?.[method.toLowerCase()]?.parameters ?? [];
  return {
    properties: Object.fromEntries(found.filter((each) => each.in === "path").map((each) => [each.name, each])),
  };
}

test("no two routes are the same", () => {
  const places = names.map((name) => `${routeOf(name).method} ${routeOf(name).path.replace(/\{\w+\}/g, "{}")}`);
  expect(new Set(places).size).toBe(names.length);
});

test("what changes something is no GET, and what is read has no body", () => {
  for (const name of names) {
    const { method, permission } = routeOf(name);
    if (method === "GET") expect(schemasOf(name).body, name).toBeNull();
    if (/\.(?:start|cancel|pause|fire|write|decide|prune)$/.test(permission)) expect(method, name).not.toBe("GET");
  }
});

test("every reference in the OpenAPI document leads somewhere", () => {
  const document = openApiDocument("1.2.3") as { components: { schemas: Record<string, unknown> } };
  const references = new Set(valuesOf(document, "$ref"));
  expect(references.size).toBeGreaterThan(20);
  for (const reference of references) {
    expect(Object.keys(document.components.schemas)).toContain(String(reference).replace("#/components/schemas/", ""));
  }
  expect(valuesOf(document, "operationId")).toEqual(expect.arrayContaining(names));
  expect(document).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" } });
});

test("the same sources make the same document", () => {
  expect(JSON.stringify(openApiDocument("1.2.3"))).toBe(JSON.stringify(openApiDocument("1.2.3")));
});

test("everybody may open what says how to come in, and nothing else", () => {
  const open = names.filter((name) => routeOf(name).permission === "anonymous");
  expect(open.toSorted()).toEqual(["getHealth", "getLogin", "getReady", "logIn", "setUp"]);
});

test("a component is a schema and never only a reference to itself", () => {
  const { schemas } = (openApiDocument("1.2.3") as { components: { schemas: Record<string, object> } }).components;
  for (const [name, schema] of Object.entries(schemas)) {
    expect(schema, name).not.toHaveProperty("$ref", `#/components/schemas/${name}`);
  }
  const fields = ["type", "title", "status", "code", "detail", "hint", "errors"];
  expect(Object.keys((schemas["Problem"] as { properties: object }).properties)).toEqual(fields);
});

test("a program made of the document asks as the server reads", () => {
  const { paths } = openApiDocument("1.2.3") as { paths: Record<string, Record<string, unknown>> };
  const start = paths["/api/v1/flows/{flow}/runs"]?.["post"];
  expect(start).toMatchObject({ requestBody: { required: false } });
  expect(Object.keys((start as { responses: object }).responses)).toEqual(expect.arrayContaining(["400", "422"]));
  expect(paths["/api/v1/login"]?.["post"]).toMatchObject({ requestBody: { required: true } });
  const list = paths["/api/v1/runs"]?.["get"] as { parameters: { name: string }[] } | undefined;
  const state = list?.parameters.find(({ name }) => name === "state");
  expect(state).toMatchObject({ style: "form", explode: true, schema: { type: "array" } });
  expect(JSON.stringify(paths)).not.toContain(String(Number.MAX_SAFE_INTEGER));
});
