// Requests that are wrong: by the schemas of routes, and by the bytes.
import { ROUTES, type RouteName, routeOf } from "@millrace/contract";
import { bearer, type ServedProject } from "../access/served-project.ts";
import type { Chance } from "../durability/seeded.ts";
import { inParallel, sendRaw } from "./raw-request.ts";

export interface Malformed {
  readonly sent: number;
  /** Requests that were answered with 5xx, or made a fault of ours. */
  readonly faults: readonly string[];
  readonly hangs: number;
  readonly byStatus: ReadonlyMap<number, number>;
}

const WIDTH = 16;
const NAMES = Object.keys(ROUTES) as RouteName[];
/** What streams, and what ends the caller's own session or changes much: neither is about malformed requests. */
const LEFT_OUT: readonly RouteName[] = ["followEvents", "followLog", "prune"];
const ROUTES_TRIED = NAMES.filter((name) => !LEFT_OUT.includes(name));

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER + 1,
  "",
  " ",
  "\u0000",
  "\ud800",
  "%00",
  "'; drop table run; --",
  "../../etc/passwd",
  "x".repeat(70_000),
  [],
  [[[[]]]],
  {},
  { __proto__: { admin: true }, constructor: 1 },
  { $: "Artifact", v: { id: "../../x", path: [] } },
  { $: "Pick", v: [1] },
];
const FIELDS = ["flow", "params", "name", "selection", "slots", "value", "password", "grants", "rule", "what", "add"];
const QUERIES = ["limit", "cursor", "state", "from", "to", "version", "path", "node", "item", "text", "noted", "with"];

/** Sends as many as told, half of them wrong by their schema, half by their bytes. */
export async function sendMalformed(project: ServedProject, count: number, chance: Chance): Promise<Malformed> {
  const token = await project.token("malformed", { grants: [{ role: "admin", flows: "*" }] });
  const faults: string[] = [];
  const byStatus = new Map<number, number>();
  let hangs = 0;
  const take = (status: number, what: string): void => {
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    if (status >= 500) faults.push(`${status} ${what.slice(0, 300)}`);
  };
  await inParallel(count, WIDTH, async (index) => {
    if (index % 2 === 0) {
      const wish = bySchema(chance);
      const { status } = await project.ask({ ...wish, headers: bearer(token) });
      take(status, `${wish.method} ${wish.path} ${JSON.stringify(wish.body)}`);
      return;
    }
    const bytes = byBytes(chance, token);
    const { status, hung } = await sendRaw(project.url, bytes);
    if (hung) hangs += 1;
    take(status, bytes);
  });
  return { sent: count, faults, hangs, byStatus };
}

function bySchema(chance: Chance): { method: string; path: string; body?: unknown } {
  const { method, path } = routeOf(oneOf(ROUTES_TRIED, chance));
  const filled = path.replace(/\{\w+\}/g, () => encodeURIComponent(textOf(oneOf(VALUES, chance)).slice(0, 2_000)));
  const query =
    chance.below(2) === 0
      ? ""
      : `?${oneOf(QUERIES, chance)}=${encodeURIComponent(textOf(oneOf(VALUES, chance)).slice(0, 2_000))}`;
  if (method === "GET") return { method, path: filled + query };
  const fields = Array.from({ length: chance.below(4) }, () => [oneOf(FIELDS, chance), oneOf(VALUES, chance)] as const);
  const body = chance.below(4) === 0 ? oneOf(VALUES, chance) : Object.fromEntries(fields);
  return { method, path: filled, body };
}

function byBytes(chance: Chance, token: string): string {
  const { method, path } = routeOf(oneOf(ROUTES_TRIED, chance));
  const body = textOf(oneOf(VALUES, chance));
  const head = [
    `${method} ${path.replaceAll(/[{}]/g, "")} HTTP/1.1`,
    "host: 127.0.0.1",
    `authorization: Bearer ${token}`,
    "content-type: application/json",
    "connection: close",
  ];
  const spoils: readonly (() => string)[] = [
    () => `${head.join("\r\n")}\r\ncontent-length: ${body.length + 5}\r\n\r\n${body}`,
    () => `${head.join("\r\n")}\r\ncontent-length: -1\r\n\r\n${body}`,
    () => `${head.join("\r\n")}\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n${body}`,
    () => `${head.join("\r\n")}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n${body}\r\n0\r\n\r\n`,
    () => `${head.join("\r\n")}\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    () => `${head.join("\r\n")}\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00`,
    () => `${head.join("\r\n")}\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
    () => `${head.join("\r\n")}\r\n${"a: b\r\n".repeat(3_000)}\r\n`,
    () => `${method} ${path}?${"a=b&".repeat(500)} HTTP/1.1\r\n${head.slice(1).join("\r\n")}\r\n\r\n`,
    () => `${method} /api/v1/%ff%fe%80 HTTP/1.1\r\n${head.slice(1).join("\r\n")}\r\n\r\n`,
    () => `${method} http://evil.example/api/v1/runs HTTP/1.1\r\n${head.slice(1).join("\r\n")}\r\n\r\n`,
    () => `${method} * HTTP/1.1\r\n${head.slice(1).join("\r\n")}\r\n\r\n`,
    () => `GET /api/v1/runs HTTP/1.1\r\n\r\n`,
    () => `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03`,
    () => "\0".repeat(100),
    () => mangled(`${head.join("\r\n")}\r\n\r\n`, chance),
  ];
  return oneOf(spoils, chance)();
}

/** A few bytes of it are others. */
function mangled(text: string, chance: Chance): string {
  const bytes = Buffer.from(text, "latin1");
  for (let count = 1 + chance.below(4); count > 0; count -= 1) bytes[chance.below(bytes.length)] = chance.below(256);
  return bytes.toString("latin1");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.toWellFormed() : JSON.stringify(value);
}

function oneOf<Value>(values: readonly Value[], chance: Chance): Value {
  return values[chance.below(values.length)] as Value;
}
