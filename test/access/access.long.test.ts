// Named after the kinds of holes that programs of this field have had (CVEs of others), each tried over HTTP.
import { readdirSync, readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import path from "node:path";
import { ROUTES, type RouteName, routeOf } from "@millrace/contract";
import { parseGrant } from "@millrace/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seeded } from "../durability/seeded.ts";
import { playMatrix } from "./access-matrix.ts";
import { bearer, PASSWORD, type Said, ServedProject } from "./served-project.ts";
import { playAbuses } from "./token-abuses.ts";

let project: ServedProject;
let admin: Readonly<Record<string, string>>;
let setUp: Said;

beforeAll(async () => {
  project = await ServedProject.make();
  const body = { token: await project.people.makeSetupToken(), name: "ana", password: PASSWORD };
  setUp = await project.ask({ method: "POST", path: "/api/v1/setup", body });
  admin = bearer(await project.token("admin", { grants: [parseGrant("admin")] }));
});
afterAll(async () => {
  await project.close();
  expect(project.failures).toEqual([]);
});

const names = Object.keys(ROUTES) as RouteName[];
const closed = names.filter((name) => routeOf(name).permission !== "anonymous");
const pathOf = (name: RouteName): string => routeOf(name).path.replace(/\{\w+\}/g, "some");

/** The status of a request with headers that `fetch` does not let anybody set. */
function statusOf(given: { method: string; path: string; headers: Record<string, string> }): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { port, hostname } = new URL(project.url);
  const request = httpRequest({ port, host: hostname, ...given }, (response) => {
    response.destroy();
    resolve(response.statusCode ?? 0);
  });
  request.once("error", reject);
  request.end();
  return promise;
}

test("each route tells each caller what its permission says", async () => {
  const { mismatches, routes } = await playMatrix(project);
  expect(mismatches).toEqual([]);
  expect(routes).toBe(names.length);
});

describe("an API that is open by default", () => {
  test("answers nobody who does not say who they are, once there is a user or another address", async () => {
    for (const name of closed) {
      const { status } = await project.ask({ method: routeOf(name).method, path: pathOf(name) });
      expect([name, status]).toEqual([name, 401]);
    }
  });

  test("is for this machine alone while there is no user, and not for what comes through a proxy", async () => {
    const open = await ServedProject.make({ door: { isLocal: true } });
    try {
      const ask = (headers: Record<string, string>) => open.ask({ path: "/api/v1/flows", headers });
      expect((await open.ask({ path: "/api/v1/login" })).body).toEqual({ needs: "nothing" });
      expect((await ask({})).status).toBe(200);
      for (const name of ["x-forwarded-for", "x-forwarded-proto", "forwarded", "via", "x-real-ip"]) {
        expect([name, (await ask({ [name]: "x" })).status]).toEqual([name, 401]);
      }
      expect((await ask({ origin: "http://evil.example" })).status).toBe(403);
      // From the first user on everybody is asked, by the server that is there.
      await open.people.users.add({ name: "ana", password: PASSWORD, grants: [parseGrant("admin")] }, "test");
      expect((await ask({})).status).toBe(401);
      expect((await open.ask({ path: "/api/v1/login" })).body).toEqual({ needs: "login" });
    } finally {
      await open.close();
    }
  });
});

describe("a shared default key", () => {
  test("there is no user and no password before somebody makes one; what makes the first is another one each time", async () => {
    const fresh = await ServedProject.make();
    try {
      for (const [name, password] of [
        ["admin", "admin"],
        ["millrace", "millrace"],
        ["admin", ""],
        ["ana", PASSWORD],
      ]) {
        const said = await fresh.ask({ method: "POST", path: "/api/v1/login", body: { name, password } });
        expect(said.status).toBe(401);
      }
      expect((await fresh.ask({ path: "/api/v1/login" })).body).toEqual({ needs: "setup" });
      const tokens = [await fresh.people.makeSetupToken(), await fresh.people.makeSetupToken()];
      expect(new Set(tokens).size).toBe(2);
    } finally {
      await fresh.close();
    }
    expect(setUp.status).toBe(201);
  });
});

test("a path with a suffix, another case or another spelling leads to no route around the door", async () => {
  const spellings = (path: string): string[] => [
    `${path}/`,
    `${path}.json`,
    `${path};x=1`,
    `${path}%00`,
    `${path}/../login`,
    `/api/v1/login/..${path}`,
    `/api/v1/health/%2e%2e/${path.split("/").at(-1)}`,
    `/api/v1//${path.split("/").slice(3).join("/")}`,
    path.replace("/api/", "/API/"),
    path.replace("/api/", "/%61pi/"),
    `${path}?/api/v1/health`,
    `${path}#/api/v1/health`,
  ];
  for (const name of closed.filter((each) => routeOf(each).method === "GET")) {
    for (const path of spellings(pathOf(name))) {
      const status = await statusOf({ method: "GET", path, headers: { host: new URL(project.url).host } });
      expect([path, [400, 401, 404, 405].includes(status)]).toEqual([path, true]);
    }
  }
});

test("a method in a header, or none that the route has, is no other route", async () => {
  const headers = { "x-http-method-override": "GET", host: new URL(project.url).host };
  for (const method of ["POST", "OPTIONS", "HEAD", "TRACE", "PROPFIND"]) {
    const status = await statusOf({ method, path: "/api/v1/users", headers });
    expect([method, status === 401 || status === 405]).toEqual([method, true]);
  }
});

test("a stream without a login, and one whose reader is let in no more", async () => {
  expect((await project.ask({ path: "/api/v1/events" })).status).toBe(401);
  const token = await project.token("reader", { grants: [parseGrant("viewer:sales/*")] });
  const response = await fetch(`${project.url}/api/v1/events?after=0`, { headers: bearer(token) });
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  const start = (flow: string) =>
    project.ask({ method: "POST", path: `/api/v1/flows/${encodeURIComponent(flow)}/runs`, body: {}, headers: admin });
  await start("salaries");
  const { run } = (await start("sales/orders")).body as { run: string };
  let text = "";
  while (!text.includes(run) || !text.includes("run.finished")) text += (await reader.read()).value ?? "";
  expect(text).not.toContain("salaries");
  const { status } = await project.ask({ method: "DELETE", path: "/api/v1/tokens/api/reader", headers: admin });
  expect(status).toBe(200);
  // The server ends it by itself.
  for (let isOver = false; !isOver; ) isOver = (await reader.read()).done;
});

test("a role that only the page knows: what a viewer does not see, they cannot do", async () => {
  const origin = project.url;
  const cookie = await project.user("vera", "viewer");
  const asVera = { cookie, origin };
  const writes = closed.filter((name) => routeOf(name).method !== "GET" && routeOf(name).scope !== "self");
  // A plan is asked for with a body, and only read.
  for (const name of writes.filter((each) => !routeOf(each).permission.endsWith(".read"))) {
    const said = await project.ask({ method: routeOf(name).method, path: pathOf(name), headers: asVera });
    expect([name, said.status]).toEqual([name, 403]);
  }
  const body = { name: "more", grants: [{ role: "operator", flows: "*" }] };
  expect((await project.ask({ method: "POST", path: "/api/v1/tokens", headers: asVera, body })).status).toBe(403);
  const others = { name: "other", user: "ana", grants: [] };
  expect((await project.ask({ method: "POST", path: "/api/v1/tokens", headers: asVera, body: others })).status).toBe(
    403,
  );
  const own = { name: "mine", grants: [{ role: "viewer", flows: "sales/*" }] };
  const made = await project.ask({ method: "POST", path: "/api/v1/tokens", headers: asVera, body: own });
  expect(made.status).toBe(201);
  // A token makes no other, so that who has stolen one does not stay.
  const byToken = await project.ask({
    method: "POST",
    path: "/api/v1/tokens",
    body: { ...own, name: "again" },
    headers: bearer(String(made.body["token"])),
  });
  expect(byToken.status).toBe(403);
  const seen = await project.ask({ path: "/api/v1/tokens", headers: asVera });
  expect((seen.body["items"] as { name: string }[]).map(({ name }) => name)).toEqual(["mine"]);
});

test("what somebody may not read is not in lists, nor in hints", async () => {
  await project.ask({ method: "POST", path: "/api/v1/flows/salaries/runs", body: {}, headers: admin });
  const limited = bearer(await project.token("sales", { grants: [parseGrant("operator:sales/*")] }));
  const texts: string[] = [];
  for (const name of ["flows", "triggers", "ticks", "runs", "backfills", "pools", "flows/sales%2Fnothing"]) {
    texts.push(JSON.stringify((await project.ask({ path: `/api/v1/${name}`, headers: limited })).body));
  }
  expect(texts.join("\n")).not.toContain("salaries");
  expect(texts.join("\n")).toContain("sales/orders");
  const { items } = (await project.ask({ path: "/api/v1/runs", headers: admin })).body as {
    items: { flow: string; id: string }[];
  };
  const hidden = items.find(({ flow }) => flow === "salaries")?.id ?? "";
  const known = await project.ask({ path: `/api/v1/runs/${hidden}`, headers: limited });
  const unknown = await project.ask({ path: "/api/v1/runs/01ZZZZZZZZZZZZZZZZZZZZZZZZ", headers: limited });
  expect([known.status, known.code]).toEqual([unknown.status, unknown.code]);
  expect(known.detail).toBe(unknown.detail.replace("01ZZZZZZZZZZZZZZZZZZZZZZZZ", hidden));
});

test("a logout, a disabled user and a new password leave nothing alive", async () => {
  const { url: origin } = project;
  const me = (cookie: string) => project.ask({ path: "/api/v1/me", headers: { cookie } });
  const first = await project.user("leo", "operator");
  const second = await project.logIn("leo");
  const headers = { cookie: first, origin };
  const out = await project.ask({ method: "POST", path: "/api/v1/logout", headers });
  expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
  expect([(await me(first)).status, (await me(second)).status]).toEqual([401, 200]);
  const token = await project.token("leos", { grants: [parseGrant("viewer")], user: "leo" });
  const body = { current: PASSWORD, password: "four calling birds" };
  const wrong = { method: "POST", path: "/api/v1/me/password", headers: { cookie: second, origin } };
  expect((await project.ask({ ...wrong, body: { ...body, current: "no" } })).status).toBe(403);
  expect((await project.ask({ ...wrong, body })).status).toBe(200);
  expect((await me(second)).status).toBe(401);
  expect((await project.ask({ path: "/api/v1/me", headers: bearer(token) })).status).toBe(200);
  const disabled = await project.ask({ method: "POST", path: "/api/v1/users/leo/disable", headers: admin });
  expect(disabled.status).toBe(200);
  expect((await project.ask({ path: "/api/v1/me", headers: bearer(token) })).status).toBe(401);
});

test("another page's request in somebody's name is none of theirs", async () => {
  const cookie = await project.user("mia", "admin");
  const start = (headers: Record<string, string>) =>
    project.ask({
      method: "POST",
      path: "/api/v1/flows/sales%2Forders/pause",
      body: {},
      headers: { cookie, ...headers },
    });
  expect((await start({})).status).toBe(403);
  for (const origin of [
    "http://evil.example",
    "null",
    project.url.replace("127.0.0.1", "localhost"),
    `${project.url}.evil`,
  ]) {
    expect([origin, (await start({ origin })).status]).toEqual([origin, 403]);
  }
  expect((await start({ origin: project.url, "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await start({ origin: project.url, "content-type": "text/plain" })).status).toBe(400);
  expect((await start({ origin: project.url })).status).toBe(200);
  const host = { host: "evil.example", cookie };
  expect(await statusOf({ method: "GET", path: "/api/v1/me", headers: host })).toBe(403);
});

test("behind a proxy with https the cookie is for https alone, and its own address is no foreign one", async () => {
  const url = new URL("https://millrace.example.org");
  const behind = await ServedProject.make({ door: { publicUrl: url, trustsProxy: true } });
  try {
    await behind.people.users.add({ name: "ana", password: PASSWORD, grants: [parseGrant("admin")] }, "test");
    const from = { "x-forwarded-proto": "https", "x-forwarded-for": "6.6.6.6, 10.1.2.3", origin: url.origin };
    const body = { name: "ana", password: PASSWORD };
    const said = await behind.ask({ method: "POST", path: "/api/v1/login", headers: from, body });
    expect(said.headers.get("set-cookie")).toMatch(
      /^__Host-millrace=mrs_.*; Path=\/; HttpOnly; SameSite=Strict;.*; Secure$/,
    );
    const [cookie = ""] = (said.headers.get("set-cookie") ?? "").split(";");
    const sessions = await behind.ask({ path: "/api/v1/sessions", headers: { ...from, cookie } });
    expect(sessions.body).toMatchObject({ items: [{ user: "ana", isThis: true, usedFrom: "10.1.2.3" }] });
  } finally {
    await behind.close();
  }
});

test("no token or password is in the database, the logs, the record or the process list", async () => {
  const token = (admin["authorization"] ?? "").replace("Bearer ", "");
  const dir = path.join(project.dir, ".millrace");
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  for (const { name, parentPath } of files) {
    const text = readFileSync(path.join(parentPath, name)).toString("latin1");
    expect([name, text.includes(token), text.includes(PASSWORD)]).toEqual([name, false, false]);
  }
  const rows = await project.runtime.audit.list({ before: Number.MAX_SAFE_INTEGER, limit: 1_000, of: null });
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/mr[sw]?_[A-Za-z0-9_-]{43}|three blind mice|four calling birds/);
  const processes = readdirSync("/proc").filter((each) => /^\d+$/.test(each));
  for (const pid of processes) {
    const read = (name: string): string => {
      try {
        return readFileSync(`/proc/${pid}/${name}`, "latin1");
      } catch {
        return "";
      }
    };
    expect(`${read("cmdline")}${pid === String(process.pid) ? "" : read("environ")}`).not.toContain(token);
  }
});

test("what is no token lets nobody in", async () => {
  const other = await ServedProject.make();
  try {
    const chance = seeded(7);
    expect((await playAbuses(other, 500, () => chance.next())).accepted).toEqual([]);
  } finally {
    await other.close();
  }
});
