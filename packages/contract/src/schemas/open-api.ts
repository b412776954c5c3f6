import { z } from "zod";
import { httpStatus, type ProblemCode } from "../http-status.ts";
import type { RouteSpec } from "../route-spec.ts";
import { ROUTES, type RouteName } from "../routes/index.ts";
import { type RouteSchemas, schemasOf } from "./schemas.ts";
import { Problem } from "./value-schemas.ts";

type Json = Record<string, unknown>;

/** Codes that every route may refuse with, beside its own. */
const ANY_ROUTE: readonly ProblemCode[] = [
  "INVALID_REQUEST",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "INTERNAL",
  "STORE_FAILED",
];

/** How callers say who they are. A project without users asks nobody on its own machine. */
const SECURITY_SCHEMES = {
  token: { type: "http", scheme: "bearer", description: "A token of `millrace token create`: `mr_…`." },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "millrace",
    description:
      "What `logIn` gives a browser; `__Host-millrace` behind https. Changes need an `Origin` of the server's own.",
  },
} as const;

/** The OpenAPI 3.1 document of all routes. The same for the same sources: it is committed and checked for drift. */
export function openApiDocument(version: string): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const route: RouteSpec = ROUTES[name];
    const method = route.method.toLowerCase();
    paths[route.path] = { ...paths[route.path], [method]: operation(name, components) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Millrace",
      version,
      description:
        "The HTTP API of a Millrace server. Lists page by cursor. Requests that change something take an `Idempotency-Key`: the same key twice is one request. Refusals are problem details (RFC 9457) whose `code` stays. A page may hold fewer items than asked for, and even none, while `next` leads on: what the caller may not read is left out.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: { ...components, Problem: schemaOf(Problem, "output", components) },
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function operation(name: RouteName, components: Json): Json {
  const route: RouteSpec = ROUTES[name];
  const schemas = schemasOf(name);
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    "x-permission": route.permission,
    "x-scope": route.scope,
    security: route.permission === "anonymous" ? [] : [{ token: [] }, { session: [] }],
    parameters: [
      ...fieldsOf(schemas.params, "path", components),
      ...fieldsOf(schemas.query, "query", components),
      ...headersOf(route),
    ],
    ...(schemas.body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: schemaOf(schemas.body, "input", components) } },
          },
        }),
    responses: { [route.status]: goodAnswer(route, schemas, components), ...refusals(route) },
  };
}

function headersOf({ method, answer }: RouteSpec): Json[] {
  const text = { type: "string" };
  if (answer === "events") {
    const description = "The id of the last event that was seen: goes on after it.";
    return [{ name: "Last-Event-ID", in: "header", schema: text, description }];
  }
  if (method === "GET") return [];
  const description = "The same key twice is one request, and is answered as the first was.";
  return [{ name: "Idempotency-Key", in: "header", schema: { ...text, maxLength: 200 }, description }];
}

function goodAnswer({ answer }: RouteSpec, { response }: RouteSchemas, components: Json): Json {
  const schema = response === null ? {} : schemaOf(response, "output", components);
  if (answer === "text")
    return { description: "Plain text.", content: { "text/plain": { schema: { type: "string" } } } };
  if (answer === "events") {
    const description = "A stream of server-sent events. The data of each is one JSON document of this schema.";
    return { description, content: { "text/event-stream": { schema: { type: "string" }, "x-event": schema } } };
  }
  return { description: "As asked.", content: { "application/json": { schema } } };
}

function refusals(route: RouteSpec): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of [...ANY_ROUTE, ...route.errors]) {
    const status = httpStatus(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  const answers = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(answers.map(([status, codes]) => [status, { description: codes.join(", "), content }]));
}

/** Fields of a path or of a query, each as one parameter. */
function fieldsOf(schema: z.ZodType, place: "path" | "query", components: Json): Json[] {
  const { properties = {}, required = [] } = schemaOf(schema, "input", components) as {
    properties?: Record<string, Json>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

/** JSON Schema of one schema; those with a name of their own go to the components, and are referred to. */
function schemaOf(schema: z.ZodType, io: "input" | "output", components: Json): Json {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    reused: "inline",
    // What answers hold may grow: a program written for today's document must take tomorrow's answers.
    override: ({ jsonSchema }) => {
      if (io === "output") delete jsonSchema.additionalProperties;
    },
  }) as Json;
  const { $schema: _, $defs = {}, ...rest } = made;
  for (const [name, definition] of Object.entries($defs as Record<string, Json>)) {
    components[name] = moved(withoutId(definition));
  }
  const { id } = rest;
  if (typeof id !== "string") return moved(rest) as Json;
  components[id] = moved(withoutId(rest));
  return { $ref: `#/components/schemas/${id}` };
}

function withoutId(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "id"));
}

/** References as they are in the document. */
function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) =>
      key === "$ref" && typeof each === "string"
        ? [key, each.replace("#/$defs/", "#/components/schemas/")]
        : [key, moved(each)],
    ),
  );
}
