// Attacks of other pages on somebody who is logged in: what they could read, change or show.
import { request } from "node:http";
import { ROUTES, type RouteName, routeOf } from "@millrace/contract";
import { schemasOf } from "@millrace/contract/schemas";
import { ELSEWHERE, HostileOrigin } from "./hostile-origin.ts";
import type { HostileProject } from "./hostile-project.ts";
import type { Context, Page } from "./watched-page.ts";

export interface CrossSite {
  readonly attacks: number;
  readonly successes: readonly string[];
}

/** How many ways there are to read an address, and to change something. */
const WAYS = { read: 8, write: 16 };
const WORKERS = "/api/v1/workers/connect";

/** @param step every how many-th route is attacked, from each of two origins. */
export async function attackFromElsewhere(project: HostileProject, context: Context, step: number): Promise<CrossSite> {
  const hostile = await HostileOrigin.listen();
  const cookie = await project.logIn();
  await context.addCookies([{ ...cookie, httpOnly: true, sameSite: "Strict" }]);
  try {
    const targets = targetsOf(project, step);
    const before = await stateOf(project);
    const successes: string[] = [];
    for (const origin of hostile.origins) {
      const found = await attackFrom(origin, { project, context, targets, redirect: `${origin}/redirect` });
      successes.push(...found.map((each) => `${origin}: ${each}`));
    }
    successes.push(...(await rebind(project, context, targets)), ...(await probe(project, cookie, targets)));
    const after = await stateOf(project);
    if (before !== after) successes.push(`something was changed: ${before} became ${after}`);
    if (!(await mayChange(project, context))) successes.push("the session was ended, or the attacks prove nothing");
    const perOrigin = targets.reads.length * WAYS.read + targets.writes.length * WAYS.write + 9;
    return { attacks: perOrigin * 2 + targets.writes.length + targets.reads.length + ORIGINS.length * 3, successes };
  } finally {
    await hostile.close();
  }
}

interface Targets {
  readonly reads: readonly string[];
  readonly writes: readonly { readonly method: string; readonly url: string; readonly json: string }[];
}

/** From the table of routes, so that a new one is attacked as well. */
function targetsOf({ groups }: HostileProject, step: number): Targets {
  const [group] = groups;
  if (group === undefined) throw new Error("there is nothing to attack");
  const { flow, waiting: run, backfill } = group;
  const ids: Readonly<Record<string, string>> = {
    flow,
    run,
    backfill,
    trigger: "webhook",
    pool: "shop",
    kind: "api",
    user: "u1",
  };
  const names = (Object.keys(ROUTES) as RouteName[]).filter((_, at) => at % step === 0);
  // The dearest are there whatever the step is.
  const all = [
    ...new Set<RouteName>([
      ...names,
      "getMe",
      "listSecrets",
      "startRun",
      "cancelRun",
      "setVariable",
      "createToken",
      "logOut",
    ]),
  ];
  const filled = all.map((name) => {
    const { method, path } = routeOf(name);
    const url = path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(ids[field] ?? "v1"));
    return { name, method, url, json: JSON.stringify(bodyOf(name)) };
  });
  return {
    reads: ["/", ...filled.filter(({ method }) => method === "GET").map(({ url }) => url)],
    writes: filled.filter(({ method }) => method !== "GET").map(({ method, url, json }) => ({ method, url, json })),
  };
}

/** What would do something, if it were let in. */
function bodyOf(name: RouteName): unknown {
  if (schemasOf(name).body === null) return {};
  const bodies: Partial<Record<RouteName, unknown>> = {
    setVariable: { value: "stolen" },
    setSecret: { value: "stolen" },
    setPool: { slots: 9 },
    createToken: { name: "stolen", grants: [{ role: "admin", flows: "*" }] },
    createUser: { name: "stolen", password: "stolen password", grants: [] },
    setGrants: { grants: [] },
    decideApproval: { decision: "rejected" },
  };
  return bodies[name] ?? {};
}

/** All that a change would change: the record of changes, and what was run. */
async function stateOf({ client }: HostileProject): Promise<string> {
  const { items } = await client.call("listAudit", { query: { limit: 1 } });
  const runs = await client.runs.list({ limit: 1, flow: "hostile-0" });
  return `${items[0]?.seq} ${items[0]?.action} ${runs.items[0]?.id} ${runs.items[0]?.state}`;
}

/** That the same requests do something where a page of the server's own sends them. */
async function mayChange(project: HostileProject, context: Context): Promise<boolean> {
  const before = await stateOf(project);
  const page = await context.newPage();
  await page.goto(project.url);
  const write = { method: "PUT", url: "/api/v1/variables/v1", json: JSON.stringify({ value: "own" }) };
  const statuses = await askAll(page, [{ method: "GET", url: "/api/v1/me", json: undefined }, write]);
  await page.close();
  return statuses.every((status) => status < 400) && (await stateOf(project)) !== before;
}

interface Setting {
  readonly project: HostileProject;
  readonly context: Context;
  readonly targets: Targets;
  readonly redirect: string;
}

async function attackFrom(origin: string, { project, context, targets, redirect }: Setting): Promise<string[]> {
  const page = await context.newPage();
  await page.goto(origin);
  const given = {
    ...targets,
    server: project.url,
    socket: `${project.url.replace("http", "ws")}${WORKERS}`,
    stream: "/api/v1/events",
    shown: ["/", "/manage/people", "/api/docs"],
    redirect,
  };
  const got = (await page.evaluate(`attack(${JSON.stringify(given)})`)) as string[];
  for (const frame of page.frames()) {
    if (frame === page.mainFrame() || !frame.url().startsWith(project.url)) continue;
    const text = (await frame.evaluate("document.body?.innerText ?? ''")) as string;
    if (text !== "") got.push(`frame: ${frame.url()} shows ${text.slice(0, 80)}`);
  }
  got.push(...((await page.evaluate(`attackWindow(${JSON.stringify(`${project.url}/`)})`)) as string[]));
  for (const other of context.pages()) await other.close();
  return got;
}

/** A name that was somebody else's when the page was loaded, and leads to the server since: to a browser, one origin. */
async function rebind(project: HostileProject, context: Context, { reads, writes }: Targets): Promise<string[]> {
  const origin = `http://${ELSEWHERE}:${new URL(project.url).port}`;
  const page = await context.newPage();
  // The page's files are everybody's, and say why they show nothing under that name.
  await page.goto(origin);
  const found: string[] = [];
  const ofApi = reads.filter((url) => url.startsWith("/api/"));
  const asks = [...ofApi.map((url) => ({ method: "GET", url, json: undefined })), ...writes];
  const statuses = await askAll(page, asks);
  for (const [at, status] of statuses.entries()) {
    if (status < 400) found.push(`rebound: ${asks[at]?.method} ${asks[at]?.url} was answered with ${status}`);
  }
  await page.close();
  return found;
}

async function askAll(page: Page, asks: readonly unknown[]): Promise<number[]> {
  return (await page.evaluate(`Promise.all(${JSON.stringify(asks)}.map(async ({ method, url, json }) => {
    const headers = json === undefined ? {} : { "content-type": "application/json" };
    return (await fetch(url, { method, headers, body: json })).status;
  }))`)) as number[];
}

/** What may look like the server's own origin to whoever compares texts carelessly. */
const ORIGINS = [
  "null",
  `http://${ELSEWHERE}`,
  "http://127.0.0.1",
  "http://127.0.0.1:PORT.elsewhere.example",
  "http://127.0.0.1:PORT@elsewhere.example",
  "http://elsewhere.example/127.0.0.1:PORT",
  "https://127.0.0.1:PORT.",
  "http://127.0.0.1:PORT0",
  "file://",
  "chrome-extension://abcdefghijklmnop",
] as const;

interface Cookie {
  readonly name: string;
  readonly value: string;
}

/** Requests with the session's cookie and an origin that is not ours: whether an answer would be handed to that page. */
async function probe(project: HostileProject, { name, value }: Cookie, { writes }: Targets): Promise<string[]> {
  const { port } = new URL(project.url);
  const [write = { method: "POST", url: "/api/v1/logout", json: "{}" }] = writes;
  const found: string[] = [];
  for (const origin of ORIGINS.map((each) => each.replace("PORT", port))) {
    const headers = { origin, cookie: `${name}=${value}`, "content-type": "application/json" };
    const asked = { "access-control-request-method": "POST", "access-control-request-headers": "content-type" };
    for (const { method, url, more } of [
      { method: "GET", url: "/api/v1/me", more: {} },
      { method: write.method, url: write.url, more: {} },
      { method: "OPTIONS", url: write.url, more: asked },
    ]) {
      const { status, allowed } = await ask(project.url + url, { method, headers: { ...headers, ...more } });
      if (allowed !== undefined) found.push(`origin ${origin}: ${method} ${url} allows ${allowed}`);
      if (status < 400 && method !== "OPTIONS") found.push(`origin ${origin}: ${method} ${url} gave ${status}`);
    }
  }
  return found;
}

/** By hand: `fetch` sends no origin that it did not choose. */
function ask(
  url: string,
  init: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
): Promise<{ readonly status: number; readonly allowed: string | undefined }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, init, (response) => {
      const allowed = response.headers["access-control-allow-origin"];
      response.resume().on("end", () => resolve({ status: response.statusCode ?? 0, allowed }));
    });
    asked.on("error", reject).end();
  });
}
