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
/** Codes of every route that takes a body. */
const WITH_BODY: readonly ProblemCode[] = ["BODY_UNREADABLE", "BODY_TOO_LARGE"];
/** A caller may have only so many streams open. */
const OF_STREAMS: readonly ProblemCode[] = ["TOO_MANY_REQUESTS"];

/** What all streams have in common. */
const STREAM =
  "A stream of server-sent events, with `x-event` as the schema of the JSON in their `data`, but for those that are named here with another. It begins with `retry: 1000`; after 15 seconds without an event comes a heartbeat: an `id` without data, or an empty comment.";

const KEY =
  "The same key twice is one request, and is answered as the first was; with another body it is `KEY_REUSED`. A key counts for one kind of request and what that is about (a flow, a run …), whoever sends it: for starting a run as long as the run is kept, else for 7 days. Routes of accounts, tokens, secrets, variables and alerts take one and do not need it: there each request is done.";

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
  // Every refusal refers to it, and no operation holds it itself.
  schemaOf(Problem, "output", components);
  return {
    openapi: "3.1.0",
    info: {
      title: "Millrace",
      version,
      description:
        "The HTTP API of a Millrace server. Lists page by cursor. Requests that change something take an `Idempotency-Key`: the same key twice is one request. Refusals are problem details (RFC 9457) whose `code` stays; a path that is none is 404 `NOT_FOUND`, and a method that a path does not take 405 `METHOD_NOT_ALLOWED` with `Allow`. A page may hold fewer items than asked for, and even none, while `next` leads on: what the caller may not read is left out.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: { schemas: components, securitySchemes: SECURITY_SCHEMES },
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
            // Nothing at all is read as an empty document.
            required: !schemas.body.safeParse({}).success,
            content: { "application/json": { schema: schemaOf(schemas.body, "input", components) } },
          },
        }),
    responses: { [route.status]: goodAnswer(route, schemas, components), ...refusals(route, schemas) },
  };
}

function headersOf({ method, answer }: RouteSpec): Json[] {
  const text = { type: "string" };
  if (answer === "events") {
    const description =
      "The id of the last event that was seen: goes on after it, whatever the query says of where to begin.";
    return [{ name: "Last-Event-ID", in: "header", schema: text, description }];
  }
  if (method === "GET") return [];
  return [
    { name: "Idempotency-Key", in: "header", schema: { ...text, minLength: 1, maxLength: 200 }, description: KEY },
  ];
}

function goodAnswer({ answer, frames = "" }: RouteSpec, { response }: RouteSchemas, components: Json): Json {
  const schema = response === null ? {} : schemaOf(response, "output", components);
  if (answer === "text")
    return { description: "Plain text.", content: { "text/plain": { schema: { type: "string" } } } };
  if (answer === "events") {
    return {
      description: `${STREAM} ${frames}`,
      content: { "text/event-stream": { schema: { type: "string" }, "x-event": schema } },
    };
  }
  return { description: "As asked.", content: { "application/json": { schema } } };
}

function refusals(route: RouteSpec, { body }: RouteSchemas): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  const ofBody = body === null ? [] : WITH_BODY;
  const ofStream = route.answer === "events" ? OF_STREAMS : [];
  for (const code of [...ANY_ROUTE, ...ofBody, ...ofStream, ...route.errors]) {
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
  return Object.entries(properties).map(([name, { description, ...rest }]) => {
    const list = listOf(rest);
    return {
      name,
      in: place,
      required: place === "path" || required.includes(name),
      ...(description === undefined ? {} : { description }),
      ...(list === undefined ? {} : { style: "form", explode: true }),
      schema: list ?? rest,
    };
  });
}

/** A value that may be given several times is a list, also where it is given once. */
function listOf({ anyOf }: Json): Json | undefined {
  return (anyOf as readonly Json[] | undefined)?.find(({ type }) => type === "array");
}

/** JSON Schema of one schema; those with a name of their own go to the components, and are referred to. */
function schemaOf(schema: z.ZodType, io: "input" | "output", components: Json): Json {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    reused: "inline",
    // What answers hold may grow: a program written for today's document must take tomorrow's answers.
    override: ({ jsonSchema }) => {
      // What every JSON number of ours keeps to says nothing about this one.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
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
