import { request as httpRequest } from "node:http";
import { onTestFinished } from "vitest";
import { HookServer } from "../../src/hooks/hook-server.ts";
import { Api } from "../../src/http/api.ts";
import { openRuntime } from "../../src/runtime/open-runtime.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { temporaryProject } from "../temporary-project.ts";

export const ORDERS = [
  'import { approval, cron, daily, flow, task, webhook } from "millrace";',
  'const fetchAll = task("fetch", (_: {}, { log }) => { log.info("first line"); log.warn("Second LINE"); return [1, 2, 3]; });',
  'const sum = task("sum", ({ all }: { all: number[] }) => all.length);',
  'const check = task("check", (_: {}, { log }) => { log.info("checked"); throw new Error("not right"); });',
  'export const orders = flow("sales/orders", {',
  '  schedule: cron("0 6 * * *"),',
  "  triggers: [webhook({ secret: null })],",
  "}, () => { sum({ all: fetchAll({}) }); });",
  'export const days = flow("days", { partitions: daily({ start: "2026-01-01" }) }, () => { sum({ all: [] }); });',
  'export const failing = flow("failing", () => { check({}); });',
  'const ask = approval("ask", { message: "Go on?" });',
  'export const asking = flow("asking", () => { ask(); });',
  "export default orders;",
  "",
].join("\n");

/** Whom it tells is on this machine, and that is refused: nothing is ever sent. */
const CONFIG = [
  'import { defineConfig, webhookAlert } from "millrace";',
  'const to = webhookAlert({ url: "http://127.0.0.1:9" });',
  'export default defineConfig({ alerts: [{ name: "on-call", on: "run.stuck", to }] });',
  "",
].join("\n");

const FILES = { "millrace.config.ts": CONFIG, "flows/orders.ts": ORDERS };

export interface Served {
  readonly runtime: Runtime;
  readonly url: string;
}

/** A project with its API on a port of its own. */
export async function serveApi(dir = temporaryProject(FILES)): Promise<Served> {
  const runtime = await openRuntime({ projectDir: dir, actor: "test", workers: 2, kind: "server" });
  onTestFinished(() => runtime.stop());
  const failures: unknown[] = [];
  const onError = (error: unknown): void => void failures.push(error);
  const listening = Promise.withResolvers<string>();
  const server = new HookServer({
    runtime,
    port: 0,
    host: "127.0.0.1",
    waitsForPort: false,
    api: new Api({ runtime, version: "0.0.0", onError }),
    onListening: (address) => listening.resolve(address ?? ""),
    onError,
  });
  onTestFinished(async () => {
    await server.stop();
    if (failures.length > 0) throw new AggregateError(failures, "The API failed by a fault of its own.");
  });
  await server.start();
  return { runtime, url: await listening.promise };
}

export interface Said {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export async function ask(url: string, path: string, init: RequestInit = {}): Promise<Said> {
  const response = await fetch(`${url}/api/v1/${path}`, init);
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}

/** Sends a body as JSON. */
export function post(url: string, path: string, body: unknown = {}): Promise<Said> {
  return ask(url, path, { method: "POST", body: JSON.stringify(body), headers: JSON_BODY });
}

/** The same under an idempotency key. */
export function postOnce(
  url: string,
  path: string,
  { key, body = {} }: { key: string; body?: unknown },
): Promise<Said> {
  const headers = { ...JSON_BODY, "idempotency-key": key };
  return ask(url, path, { method: "POST", body: JSON.stringify(body), headers });
}

const JSON_BODY = { "content-type": "application/json" };

/** A request with headers that `fetch` does not let anybody set. Gives the status. */
export function statusOf(
  url: string,
  given: { method: string; path: string; headers: Record<string, string> },
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { port } = new URL(url);
  const request = httpRequest({ port, host: "127.0.0.1", ...given }, (response) => {
    response.resume();
    response.once("close", () => resolve(response.statusCode ?? 0));
  });
  request.once("error", reject);
  request.end();
  return promise;
}

/** Starts a run and waits for its end. */
export async function runToEnd({ runtime, url }: Served, flow: string): Promise<string> {
  const { status, body } = await post(url, `flows/${encodeURIComponent(flow)}/runs`);
  if (status !== 201) throw new Error(JSON.stringify(body));
  const { run } = body as { run: string };
  await runtime.whenSettled(run as never);
  return run;
}

export interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** The first frames of a stream, until there are enough or it ends. */
export async function frames(
  url: string,
  path: string,
  { count, headers = {} }: { readonly count: number; readonly headers?: Record<string, string> },
): Promise<Frame[]> {
  const leave = new AbortController();
  const response = await fetch(`${url}/api/v1/${path}`, { headers, signal: leave.signal });
  const found: Frame[] = [];
  let rest = "";
  for await (const text of (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    found.push(...blocks.filter((block) => block.includes("data: ")).map(frameOf));
    if (found.length >= count) break;
  }
  leave.abort();
  return found.slice(0, count);
}

function frameOf(block: string): Frame {
  const fields = new Map(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(": ") + 2)]),
  );
  return {
    id: fields.get("id") ?? "",
    event: fields.get("event") ?? "",
    data: JSON.parse(fields.get("data") ?? "null"),
  };
}
