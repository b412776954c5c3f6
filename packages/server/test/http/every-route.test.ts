import { ROUTES, type RouteName, routeOf } from "@millrace/contract";
import { openApiDocument, Problem, schemasOf } from "@millrace/contract/schemas";
import { expect, test } from "vitest";
import { ask, post, runToEnd, type Served, serveApi, statusOf } from "./api-under-test.ts";

const names = Object.keys(ROUTES) as RouteName[];

/** Values for the placeholders of paths that lead to something in the project under test. */
type Places = Readonly<Record<string, string>>;

function pathOf(name: RouteName, places: Places): string {
  return routeOf(name).path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(places[field] ?? "none"));
}

/** Queries without which a route refuses. */
function queryOf(name: RouteName, { version = "" }: Places): string {
  if (name === "searchLog") return "?text=line";
  if (name === "readFlowFile") return "?path=flows%2Forders.ts";
  if (name === "diffFlowCode") return `?against=${version}`;
  if (name === "getTask" || name === "getTaskTiming") return "?task=sum";
  if (name === "getVersionFile") return "?path=config.json";
  return name === "compareVersions" ? `?with=${version}` : "";
}

function declared(name: RouteName): string[] {
  const { path, method } = routeOf(name);
  const document = openApiDocument("0") as { paths: Record<string, Record<string, { responses: object }>> };
  return Object.keys(document.paths[path]?.[method.toLowerCase()]?.responses ?? {});
}

async function populated(): Promise<{ served: Served; places: Places }> {
  const served = await serveApi();
  const run = await runToEnd(served, "sales/orders");
  const attempts = await ask(served.url, `runs/${run}/attempts`);
  const selection = { kind: "keys", keys: ["2026-01-01", "2026-01-02"] };
  const backfill = await post(served.url, "backfills", { flow: "days", selection });
  expect(backfill.status).toBe(201);
  const tested = await post(served.url, "alerts/rules/on-call/test");
  const delivery = (tested.body as { items: { id: string; state: string }[] }).items[0];
  expect(delivery).toMatchObject({ state: "failed" });
  const attempt = String((attempts.body as { items: { id: number }[] }).items[0]?.id);
  const version = (await ask(served.url, "project")).body as { activeVersion: string };
  const places = {
    run,
    attempt,
    version: version.activeVersion,
    flow: "days",
    trigger: "webhook",
    pool: "shop",
    rule: "on-call",
    day: "2026-01-01",
    delivery: String(delivery?.id),
    ...(backfill.body as Places),
  };
  return { served, places };
}

test("what is read fits its schema, and is declared", async () => {
  const { served, places } = await populated();
  const reading = names.filter((name) => routeOf(name).method === "GET" && routeOf(name).answer === "json");
  expect(reading.length).toBeGreaterThan(20);
  for (const name of reading) {
    // The other flow has no triggers.
    const own = name === "forecastTrigger" ? { ...places, flow: "sales/orders" } : places;
    const path = pathOf(name, own).replace("/api/v1/", "");
    const said = await ask(served.url, `${path}${queryOf(name, places)}`);
    expect([name, said.status, said.body]).toEqual([name, 200, said.body]);
    const checked = schemasOf(name).response?.safeParse(said.body);
    expect([name, checked?.error?.issues ?? []]).toEqual([name, []]);
    expect(said.headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("every route refuses other hosts, other origins, other methods, and fields that it does not know", async () => {
  const { served, places } = await populated();
  const { url } = served;
  const { host } = new URL(url);
  for (const name of names) {
    const { method } = routeOf(name);
    const path = pathOf(name, places);
    const asked = (over: { method?: string; path?: string; headers?: Record<string, string> }) =>
      statusOf(url, { method, path, headers: { host }, ...over });
    expect([name, await asked({ headers: { host: "evil.example" } })]).toEqual([name, 403]);
    expect([name, await asked({ headers: { host, origin: "http://evil.example" } })]).toEqual([name, 403]);
    expect([name, await asked({ headers: { host, "sec-fetch-site": "cross-site" } })]).toEqual([name, 403]);
    expect([name, await asked({ method: "PATCH" })]).toEqual([name, 405]);
    expect([name, await asked({ path: `${path}?surely-not=1` })]).toEqual([name, 400]);
    expect([name, await asked({ path: `${path}/more/than/this` })]).toEqual([name, 404]);
  }
});

test("a body must be JSON, no larger and no deeper than anybody needs, and as the schema has it", async () => {
  const { served, places } = await populated();
  const { url } = served;
  const json = { "content-type": "application/json" };
  for (const name of names.filter((each) => schemasOf(each).body !== null)) {
    const { method } = routeOf(name);
    const path = pathOf(name, places).replace("/api/v1/", "");
    const wrong: [body: string, headers: Record<string, string>, status: number][] = [
      ["{}", { "content-type": "text/plain" }, 400],
      ["{", json, 400],
      ["[".repeat(100_000), json, 400],
      [`{"x":"${"x".repeat(5 * 1024 * 1024)}"}`, json, 413],
      ['{"surelyNot":1}', json, 400],
      ["null", json, 400],
      ["{}", { ...json, "content-encoding": "gzip" }, 400],
      ["{}", { ...json, "idempotency-key": "x".repeat(500) }, 400],
    ];
    for (const [body, headers, status] of wrong) {
      const said = await ask(url, path, { method, body, headers });
      expect([name, body.slice(0, 20), said.status]).toEqual([name, body.slice(0, 20), status]);
      expect(Problem.safeParse(said.body).success).toBe(true);
    }
  }
});

/** What a route's body cannot be without. */
const NEEDED: Partial<Record<RouteName, string>> = {
  decideApproval: '{"decision":"approved"}',
  markTasks: '{"tasks":["one"],"as":"success"}',
  setBackfill: '{"maxActiveRuns":2}',
  planMark: '{"tasks":["one"],"as":"success"}',
};

test("what is not there is refused with a code and a status that the route declares", async () => {
  const { url } = await serveApi();
  const nowhere = {
    run: "01ZZZZZZZZZZZZZZZZZZZZZZZZ",
    attempt: "999",
    flow: "no-such-flow",
    trigger: "none",
    backfill: "01ZZZZZZZZZZZZZZZZZZZZZZZZ",
    day: "2026-01-01",
  };
  const named = names.filter((name) => /\{(?:run|flow|backfill)\}/.test(routeOf(name).path));
  expect(named.length).toBeGreaterThan(20);
  for (const name of named) {
    const { method } = routeOf(name);
    const path = `${pathOf(name, nowhere).replace("/api/v1/", "")}${queryOf(name, { version: "none" })}`;
    const body = NEEDED[name] ?? "{}";
    const init = method === "GET" ? {} : { method, body, headers: { "content-type": "application/json" } };
    const said = await ask(url, path, init);
    const problem = Problem.parse(said.body);
    expect([name, said.status, problem.code]).toEqual([name, 404, problem.code]);
    expect(problem.code).toMatch(/^UNKNOWN_/);
    expect([name, declared(name)]).toEqual([name, expect.arrayContaining(["404"])]);
    expect(routeOf(name).errors).toContain(problem.code);
  }
});

test("a cursor that no page gave is refused by each list that takes one", async () => {
  const { served, places } = await populated();
  const paged = names.filter((name) => "cursor" in ((schemasOf(name).query as { shape?: object }).shape ?? {}));
  expect(paged.length).toBeGreaterThan(8);
  for (const name of paged) {
    const path = pathOf(name, places).replace("/api/v1/", "");
    const said = await ask(served.url, `${path}?cursor=nope`);
    expect([name, said.status, said.body]).toMatchObject([name, 400, { code: "INVALID_REQUEST" }]);
  }
  for (const what of ["flow=nope", "run=01ZZZZZZZZZZZZZZZZZZZZZZZZ"]) {
    expect((await ask(served.url, `events?${what}`)).status).toBe(404);
  }
});
