import { createHmac, randomBytes } from "node:crypto";
import { connect } from "node:net";
import process from "node:process";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { HookServer, type HookServerOptions } from "../../src/hooks/hook-server.ts";
import { openRuntime } from "../../src/runtime/open-runtime.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { temporaryProject } from "../temporary-project.ts";

const VARIABLE = "MILLRACE_TEST_HOOK_SECRET";
const SECRET = randomBytes(24);

const FLOWS = `
import { env, flow, task, webhook } from "millrace";
import { z } from "zod";

const load = task("load", (input: unknown) => input);
const secret = env("${VARIABLE}");

export const orders = flow(
  "shop/orders",
  {
    params: z.object({ order: z.number() }),
    triggers: webhook({ secret, body: z.object({ id: z.number() }), maxBody: 1_000, params: ({ body }) => ({ order: body.id }) }),
  },
  ({ params }) => load({ order: params.order }),
);

export const open = flow(
  "open",
  {
    params: z.object({ body: z.unknown(), agent: z.string().optional(), knows: z.boolean().optional() }),
    triggers: [
      webhook({ name: "first", secret: null, params: ({ body, headers }) => ({ body, agent: headers["user-agent"], knows: "authorization" in headers }) }),
      webhook({ name: "second", secret: null, throttle: { limit: 1, per: "1h" }, params: ({ body }) => ({ body }) }),
    ],
  },
  ({ params }) => load({ given: params.body }),
);
`;

beforeEach(() => {
  process.env[VARIABLE] = `whsec_${SECRET.toString("base64")}`;
});
afterEach(() => {
  delete process.env[VARIABLE];
});

interface Hooks {
  readonly runtime: Runtime;
  readonly address: string;
  /** Sends a signed request; what is given takes the place of what it would be. */
  readonly send: (path: string, body: string, given?: Readonly<Record<string, string>>) => Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: Record<string, unknown>;
}

async function openHooks(): Promise<Hooks> {
  const dir = temporaryProject({ "flows/hooks.ts": FLOWS }, { installed: ["zod"] });
  const runtime = await openRuntime({ projectDir: dir, actor: "test", workers: 2, kind: "server" });
  onTestFinished(() => runtime.stop());
  const address = await listen(runtime);
  return { runtime, address, send: (path, body, given) => post(address + path, body, given) };
}

async function listen(runtime: Runtime, options: Partial<HookServerOptions> = {}): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = new HookServer({
    runtime,
    port: 0,
    host: "127.0.0.1",
    waitsForPort: false,
    onListening: (address) => address !== null && resolve(address),
    onError: (error) => expect.unreachable(String(error)),
    ...options,
  });
  onTestFinished(() => server.stop());
  await server.start();
  return await promise;
}

async function post(url: string, body: string, given: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const id = given["webhook-id"] ?? `msg_${randomBytes(8).toString("hex")}`;
  const timestamp = given["webhook-timestamp"] ?? String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", SECRET).update(`${id}.${timestamp}.${body}`).digest("base64");
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
    ...given,
  };
  const answer = await fetch(url, { method: "POST", body, headers });
  const type = answer.headers.get("content-type");
  return { status: answer.status, type, body: (await answer.json()) as Record<string, unknown> };
}

async function paramsOfRuns(runtime: Runtime): Promise<readonly unknown[]> {
  const runs = await runtime.store.history.listRuns({ limit: 1_000 });
  return [...runs].reverse().map(({ params }) => JSON.parse(params) as unknown);
}

test("a signed request makes a run, and the same again is told that it was seen", async () => {
  const { runtime, send } = await openHooks();
  const first = await send("/hooks/shop/orders", '{"id":7}', { "webhook-id": "msg_1" });
  expect(first).toMatchObject({ status: 202, body: { outcome: "run", run: expect.any(String) } });
  expect((await runtime.whenSettled(first.body["run"] as never)).state).toBe("success");
  expect(await send("/hooks/shop/orders/webhook", '{"id":7}', { "webhook-id": "msg_1" })).toMatchObject({
    status: 409,
    type: "application/problem+json",
    body: { code: "ALREADY_SEEN", status: 409, title: "Conflict", run: first.body["run"] },
  });
  expect(await paramsOfRuns(runtime)).toEqual([{ order: 7 }]);
});

test("forged, stale, repeated and unreadable requests make nothing", async () => {
  const { runtime, send } = await openHooks();
  const path = "/hooks/shop/orders";
  await send(path, '{"id":1}', { "webhook-id": "seen" });
  const stale = String(Math.floor(Date.now() / 1_000) - 310);
  const future = String(Math.floor(Date.now() / 1_000) + 310);
  const old = `v1,${createHmac("sha256", randomBytes(24)).update("x").digest("base64")}`;
  const wrong: readonly (readonly [number, string, Readonly<Record<string, string>>])[] = [
    [401, '{"id":1}', { "webhook-signature": old }],
    [401, '{"id":1}', { "webhook-signature": "v1," }],
    [401, '{"id":1}', { "webhook-timestamp": stale }],
    [401, '{"id":1}', { "webhook-timestamp": future }],
    [401, '{"id":1}', { "webhook-id": "" }],
    [409, '{"id":1}', { "webhook-id": "seen" }],
    [400, '{"id":', {}],
    [422, '{"id":"seven"}', {}],
    [422, "", {}],
    [415, '{"id":1}', { "content-encoding": "gzip" }],
    [413, JSON.stringify({ id: "x".repeat(2_000) }), {}],
  ];
  for (const [status, body, given] of wrong) {
    expect([body.slice(0, 20), given, (await send(path, body, given)).status]).toEqual([
      body.slice(0, 20),
      given,
      status,
    ]);
  }
  const forged = await Promise.all(
    Array.from({ length: 200 }, (_, n) => send(path, '{"id":1}', { "webhook-signature": `${old}${n}` })),
  );
  expect(new Set(forged.map(({ status }) => status))).toEqual(new Set([401]));
  const repeated = await Promise.all(
    Array.from({ length: 200 }, () => send(path, '{"id":2}', { "webhook-id": "at-once" })),
  );
  expect(repeated.filter(({ status }) => status === 202)).toHaveLength(1);
  expect(repeated.filter(({ status }) => status === 409)).toHaveLength(199);
  expect(await paramsOfRuns(runtime)).toEqual([{ order: 1 }, { order: 2 }]);
});

test("fields that do not fit are named", async () => {
  const { send } = await openHooks();
  const answer = await send("/hooks/shop/orders", '{"id":"seven"}');
  expect(answer.body).toMatchObject({ code: "INVALID_PARAMS", detail: expect.stringContaining("body.id: ") });
});

test("a webhook without its secret is closed", async () => {
  const { send } = await openHooks();
  for (const secret of [undefined, "short"]) {
    if (secret === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = secret;
    const answer = await send("/hooks/shop/orders", '{"id":1}');
    expect(answer).toMatchObject({ status: 503, body: { code: "MISSING_SECRET" } });
    expect(answer.body["detail"]).not.toContain("short");
  }
});

test("unsigned webhooks take what they get, by its type, and see no credentials", async () => {
  const { runtime, send, address } = await openHooks();
  const first = "/hooks/open/first";
  await send(first, '{"a":1}', { authorization: "Bearer x", "user-agent": "shop" });
  await send(first, "a=1&b=2", { "content-type": "application/x-www-form-urlencoded", "user-agent": "shop" });
  await send(first, "plain", { "content-type": "text/plain", "user-agent": "shop" });
  await fetch(address + first, { method: "POST", body: '"bare"', headers: { "user-agent": "shop" } });
  expect(await paramsOfRuns(runtime)).toEqual([
    { body: { a: 1 }, agent: "shop", knows: false },
    { body: { a: "1", b: "2" }, agent: "shop", knows: false },
    { body: "plain", agent: "shop", knows: false },
    { body: '"bare"', agent: "shop", knows: false },
  ]);
  expect((await send("/hooks/open/second", "1")).body).toMatchObject({ outcome: "run" });
  expect((await send("/hooks/open/second", "2")).body).toMatchObject({
    run: null,
    outcome: "skipped",
    reason: expect.stringContaining("throttle"),
  });
});

test("a body that is too large is refused while it is sent", async () => {
  const { address } = await openHooks();
  const url = new URL(address);
  const socket = connect(Number(url.port), url.hostname);
  const heard = Promise.withResolvers<string>();
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.on("error", () => undefined);
  socket.on("close", () => heard.resolve(text));
  socket.write("POST /hooks/open/first HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  const piece = `10000\r\n${"x".repeat(65_536)}\r\n`;
  const pour = (): void => {
    while (!socket.destroyed && socket.write(piece));
    if (!socket.destroyed) socket.once("drain", pour);
  };
  pour();
  expect(await heard.promise).toMatch(/^HTTP\/1\.1 413 /);
});

test("what is not there, or no POST, is said", async () => {
  const { address, send } = await openHooks();
  expect(await send("/hooks/gone", "{}")).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
  expect(await send("/hooks/open", "{}")).toMatchObject({ status: 404 });
  expect(await send("/hooks/%E0%A4%A", "{}")).toMatchObject({ status: 404 });
  expect(await send("/elsewhere", "{}")).toMatchObject({ status: 404 });
  const got = await fetch(`${address}/hooks/shop/orders`);
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await fetch(`${address}/health`)).status).toBe(200);
  expect((await fetch(`${address}/ready`)).status).toBe(200);
});

test("a port that is taken is refused, or waited for", async () => {
  const { runtime, address } = await openHooks();
  const port = Number(new URL(address).port);
  await expect(listen(runtime, { port })).rejects.toMatchObject({ code: "USAGE" });
  const heard: (string | null)[] = [];
  const free = Promise.withResolvers<void>();
  const first = new HookServer({ ...options(runtime), port: 0, onListening: (at) => at !== null && heard.push(at) });
  await first.start();
  const taken = Number(new URL(heard[0] ?? "").port);
  const second = new HookServer({
    ...options(runtime),
    port: taken,
    onListening: (at) => {
      heard.push(at);
      if (at !== null) free.resolve();
    },
  });
  onTestFinished(() => second.stop());
  await second.start();
  expect(heard).toEqual([heard[0], null]);
  await first.stop();
  await free.promise;
  expect(heard[2]).toBe(heard[0]);
});

function options(runtime: Runtime): Omit<HookServerOptions, "port" | "onListening"> {
  return { runtime, host: "127.0.0.1", waitsForPort: true, onError: () => undefined };
}
