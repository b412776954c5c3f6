import type { IncomingMessage } from "node:http";
import type { RouteName } from "@millrace/contract";
import { schemasOf } from "@millrace/contract/schemas";
import { readBody } from "../hooks/hook-body.ts";
import { MOST_ERRORS, Refusal } from "./refusal.ts";

/** The largest body that a request may have. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** A document nested deeper than this is no request of anybody who means well. */
const MAX_DEPTH = 200;
const MAX_QUERY_FIELDS = 100;
const MAX_KEY_LENGTH = 200;

type Schema = ReturnType<typeof schemasOf>["params"];

export interface CheckedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly idempotencyKey: string | null;
}

/**
 * Reads a request and checks it with the schemas of its route. Throws `Refusal`s that name each wrong place.
 *
 * @param beforeRest what may refuse the request for what its path names: then nobody reads the rest of it.
 */
export async function readRequest(
  request: IncomingMessage,
  { name, params }: { readonly name: RouteName; readonly params: Readonly<Record<string, string>> },
  beforeRest: (params: unknown) => Promise<void>,
): Promise<CheckedRequest> {
  const schemas = schemasOf(name);
  const path = check(schemas.params, params, "path");
  await beforeRest(path);
  return {
    params: path,
    query: check(schemas.query, readQuery(request.url ?? ""), "query"),
    body: schemas.body === null ? undefined : check(schemas.body, await readJson(request), "body"),
    idempotencyKey: readKey(request),
  };
}

function check(schema: Schema, value: unknown, where: string): unknown {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const errors = checked.error.issues.map((issue) => ({
    path: [where, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))],
    message: issue.message,
  }));
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  throw new Refusal("INVALID_REQUEST", `${first?.path.join(".")}: ${first?.message}${more}`, {
    errors: errors.slice(0, MOST_ERRORS),
  });
}

/** A field that is given several times is a list. */
function readQuery(url: string): Readonly<Record<string, unknown>> {
  const start = url.indexOf("?");
  const query = new URLSearchParams(start < 0 ? "" : url.slice(start + 1));
  if (query.size > MAX_QUERY_FIELDS) throw new Refusal("INVALID_REQUEST", "The query has too many fields.");
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const { headers } = request;
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw unreadable(`Bodies are taken as they are, and not as ${encoding}.`);
  const said = Number(headers["content-length"] ?? 0);
  const bytes = said > MAX_BODY_BYTES ? undefined : await readBody(request, MAX_BODY_BYTES);
  if (bytes === undefined) {
    throw new Refusal("BODY_TOO_LARGE", `The body is larger than ${MAX_BODY_BYTES} bytes.`, { closes: true });
  }
  // Nothing at all is nothing asked: every field has its default, or is named as missing.
  if (bytes.length === 0) return {};
  // A form of a foreign page can send text without asking first, and no JSON.
  if (!/^application\/json(?:$|[\s;])/i.test(headers["content-type"] ?? "")) {
    throw unreadable("The body must be JSON, with the content type application/json.");
  }
  return parseJson(bytes);
}

function parseJson(bytes: Buffer): unknown {
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unreadable("The body is not UTF-8.");
  }
  if (depthOf(text) > MAX_DEPTH) throw unreadable(`The body is nested deeper than ${MAX_DEPTH} levels.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** How deep brackets are nested, those in texts left out. Of no document it may be too much, never too little. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inText && char === 0x5c) at += 1;
    else if (char === 0x22) inText = !inText;
    else if (inText) continue;
    else if (char === 0x5b || char === 0x7b) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (char === 0x5d || char === 0x7d) depth -= 1;
  }
  return deepest;
}

function readKey({ headers }: IncomingMessage): string | null {
  const key = headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key === "string" && key !== "" && key.length <= MAX_KEY_LENGTH) return key;
  throw new Refusal("INVALID_REQUEST", `An Idempotency-Key has 1 to ${MAX_KEY_LENGTH} characters.`);
}

function unreadable(detail: string): Refusal {
  return new Refusal("BODY_UNREADABLE", detail);
}
