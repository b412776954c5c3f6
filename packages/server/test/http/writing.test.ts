import { ROUTES } from "@millrace/contract";
import type { RunId } from "@millrace/core";
import { expect, test } from "vitest";
import { temporaryProject } from "../temporary-project.ts";
import { ask, post, postOnce, runToEnd, serveApi } from "./api-under-test.ts";

test("the same key is one run, and refused with anything else; another key is another", async () => {
  const { url } = await serveApi();
  const start = (key: string) => postOnce(url, "flows/sales%2Forders/runs", { key });
  const answers = await Promise.all(["one", "one", "one", "two"].map(start));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  const [first, second, third, other] = answers.map(({ body }) => (body as { run: string }).run);
  expect([second, third]).toEqual([first, first]);
  expect(other).not.toBe(first);
  const changed = await postOnce(url, "flows/sales%2Forders/runs", { key: "one", body: { class: "backfill" } });
  expect([changed.status, changed.body]).toMatchObject([422, { code: "KEY_REUSED" }]);
  const { body } = await ask(url, "runs");
  expect((body as { items: unknown[] }).items).toHaveLength(2);
  const { body: audit } = await ask(url, "audit?target=flow%20sales%2Forders");
  expect((audit as { items: unknown[] }).items).toHaveLength(2);
});

test("the record says what a call says it was sent through, of the words that are known", async () => {
  const { url } = await serveApi();
  const sent = ["web", "command", "web\u00e9", "api 10.0.0.1", "w".repeat(2_000), undefined];
  for (const agent of sent) {
    const headers = {
      "content-type": "application/json",
      ...(agent === undefined ? {} : { "x-millrace-agent": agent }),
    };
    const answer = await fetch(`${url}/api/v1/pools/shop`, { method: "PUT", headers, body: '{"slots":1}' });
    expect(answer.status).toBe(200);
  }
  const { body } = await ask(url, "audit?action=setPool");
  const told = (body as { items: { from: string }[] }).items.map(({ from }) => from.split(" ")[0]);
  expect(told.reverse()).toEqual(["web", "command", "api", "api", "api", "api"]);
});

test("a failed run is repeated, and one that has ended is not cancelled", async () => {
  const served = await serveApi();
  const { url, runtime } = served;
  const run = await runToEnd(served, "failing");
  const cancelled = await post(url, `runs/${run}/cancel`);
  expect([cancelled.status, cancelled.body]).toMatchObject([409, { code: "RUN_FINISHED" }]);
  const again = await post(url, `runs/${run}/rerun`);
  expect(again.status).toBe(201);
  const { run: second } = again.body as { run: RunId };
  expect((await runtime.whenSettled(second)).rerunOf).toBe(run);
  const rows = await ask(url, `runs/${second}/task-runs?state=failed`);
  expect(rows.body).toMatchObject({ items: [{ task: "check", error: { message: "not right" } }], next: null });
});

/** A schema of its own: what it says comes through as it is. */
const LIMITED = `import { flow, task } from "millrace";
const issues = [{ path: ["rows"], message: "too few" }, { path: ["tags", 1], message: "no text" }];
const schema = { "~standard": { version: 1, vendor: "own", validate: () => ({ issues }) } };
const load = task("load", () => 1);
export const limited = flow("limited", { params: schema as never }, () => { load({}); });
`;

test("a request that does not fit is refused with each place, as a path into it", async () => {
  const { url } = await serveApi(temporaryProject({ "flows/limited.ts": LIMITED }));
  const body = { selection: { kind: "only", nodes: ["sum", ""] } };
  expect((await post(url, "flows/limited/runs", body)).body).toMatchObject({
    code: "INVALID_REQUEST",
    errors: [{ path: ["body", "selection", "nodes", 1], message: expect.any(String) }],
  });
  const unfit = await post(url, "flows/limited/runs", { params: { rows: 0, tags: ["a", 7] } });
  expect([unfit.status, unfit.body]).toMatchObject([
    422,
    {
      code: "INVALID_PARAMS",
      errors: [
        { path: ["rows"], message: "too few" },
        { path: ["tags", 1], message: "no text" },
      ],
    },
  ]);
});

test("a person decides, by the name of the task or without", async () => {
  const { url, runtime } = await serveApi();
  const asked = new Promise<void>((resolve) => {
    const end = runtime.onEvents((events) => {
      if (!events.some(({ type }) => type === "task.deferred")) return;
      end();
      resolve();
    });
  });
  const { body } = await post(url, "flows/asking/runs");
  const { run } = body as { run: RunId };
  await asked;
  const waiting = await ask(url, `runs/${run}/task-runs`);
  expect(waiting.body).toMatchObject({ items: [{ task: "ask", waitsFor: { kind: "approval", message: "Go on?" } }] });
  const question = { run, flow: "asking", task: "ask", message: "Go on?", deciders: null };
  expect((await ask(url, "approvals")).body).toMatchObject({ items: [{ ...question, decision: null }], next: null });
  expect((await ask(url, "approvals?which=decided")).body).toEqual({ items: [], next: null });
  expect((await ask(url, `runs/${run}/why`)).body).toMatchObject({ items: [{ task: "ask" }] });
  expect((await post(url, `runs/${run}/approval`, { decision: "approved", task: "nobody" })).status).toBe(409);
  expect((await post(url, `runs/${run}/approval`, { decision: "approved", comment: "Yes." })).status).toBe(200);
  expect((await runtime.whenSettled(run)).state).toBe("success");
  expect((await ask(url, "approvals")).body).toEqual({ items: [], next: null });
  const decision = { decision: "approved", by: "api", comment: "Yes." };
  expect((await ask(url, "approvals?which=decided")).body).toMatchObject({ items: [{ ...question, decision }] });
  expect((await ask(url, "approvals?cursor=nowhere")).status).toBe(400);
  expect((await post(url, `runs/${run}/approval`, { decision: "approved" })).body).toMatchObject({
    code: "NOT_WAITING",
  });
});

test("a backfill is planned, made, and read by what each run covers", async () => {
  const { url, runtime } = await serveApi();
  const wish = { flow: "days", selection: { kind: "keys_between", from: "2026-01-01", to: "2026-01-03" } };
  const plan = await post(url, "backfills/plan", wish);
  expect([plan.status, plan.body]).toMatchObject([200, { runs: 3, windows: 3, left: { exists: 0, inFlight: 0 } }]);
  expect((await ask(url, "backfills")).body).toMatchObject({ items: [] });
  const made = await postOnce(url, "backfills", { key: "b", body: wish });
  expect(await postOnce(url, "backfills", { key: "b", body: wish })).toMatchObject({ body: made.body });
  const { backfill } = made.body as { backfill: string };
  await expect.poll(async () => (await runtime.store.triggers.findBackfill(backfill))?.state).toBe("success");
  const runs = await ask(url, `backfills/${backfill}/runs?limit=2`);
  expect(runs.body).toMatchObject({
    items: [{ state: "success", slice: { kind: "key", key: "2026-01-01" } }, {}],
    next: "2",
  });
  expect((await post(url, `backfills/${backfill}/cancel`)).body).toMatchObject({ code: "BACKFILL_FINISHED" });
  const nothingLeft = await post(url, "backfills/plan", wish);
  expect([nothingLeft.status, nothingLeft.body]).toMatchObject([422, { code: "INVALID_BACKFILL" }]);
});

test("triggers are paused, resumed and fired", async () => {
  const { url } = await serveApi();
  const trigger = "flows/sales%2Forders/triggers/webhook";
  const state = async () => {
    const { body } = await ask(url, "triggers?flow=sales/orders");
    return (body as { items: { name: string; paused: unknown }[] }).items.find(({ name }) => name === "webhook")
      ?.paused;
  };
  await expect.poll(async () => (await post(url, `${trigger}/pause`, { reason: "too many" })).status).toBe(200);
  expect(await state()).toMatchObject({ by: "api", reason: "too many" });
  expect((await post(url, `${trigger}/resume`)).status).toBe(200);
  expect(await state()).toBeNull();
  const first = await post(url, `${trigger}/fire`, { key: "order-7" });
  expect([first.status, first.body]).toMatchObject([200, { outcome: "run" }]);
  expect((await post(url, `${trigger}/fire`, { key: "order-7" })).body).toMatchObject({ outcome: "known" });
  const ticks = await ask(url, "ticks?flow=sales/orders&trigger=webhook&limit=1");
  expect(ticks.body).toMatchObject({ items: [{ key: "order-7", outcome: "run" }] });
});

test("a pool gets a size, and loses it", async () => {
  const { url } = await serveApi();
  const headers = { "content-type": "application/json" };
  const set = await ask(url, "pools/shop", { method: "PUT", body: '{"slots":3}', headers });
  expect(set.status).toBe(200);
  expect((await ask(url, "pools")).body).toMatchObject({ items: [{ name: "shop", slots: 3, source: "set" }] });
  expect((await ask(url, "pools/shop", { method: "DELETE" })).status).toBe(200);
  expect((await ask(url, "pools/shop", { method: "DELETE" })).body).toMatchObject({ code: "UNKNOWN_POOL" });
});

test("what has not changed is not sent again, and what is long is compressed", async () => {
  const { url } = await serveApi();
  const { headers } = await ask(url, "openapi.json", { headers: { "accept-encoding": "gzip" } });
  expect(headers.get("content-encoding")).toBe("gzip");
  const again = await ask(url, "openapi.json", { headers: { "if-none-match": headers.get("etag") ?? "" } });
  expect([again.status, again.body]).toEqual([304, ""]);
});

test("pages follow each other without a gap or a repetition", async () => {
  const served = await serveApi();
  const { url } = served;
  for (let count = 0; count < 5; count += 1) await post(url, "flows/sales%2Forders/runs");
  const runs = await allPages(url, "runs?limit=2");
  expect(runs.map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(new Set(runs.flat().map(({ id }) => id)).size).toBe(5);
  const run = await runToEnd(served, "sales/orders");
  const whole = async (list: string) => (await allPages(url, `runs/${run}/${list}`)).flat();
  for (const list of ["task-runs", "attempts", "task-runs?state=success&state=failed"]) {
    const pages = await allPages(url, `runs/${run}/${list}${list.includes("?") ? "&" : "?"}limit=1`);
    expect([list, pages.length, pages.flat()]).toEqual([list, 2, await whole(list)]);
    const wrong = await ask(url, `runs/${run}/${list}${list.includes("?") ? "&" : "?"}cursor=1~x`);
    expect([list, wrong.status]).toEqual([list, 400]);
  }
  const selection = { kind: "keys", keys: ["2026-01-01", "2026-01-02"] };
  const twoMade = Promise.withResolvers<void>();
  let made = 0;
  served.runtime.onEvents((events) => {
    made += events.filter(({ type }) => type === "run.queued").length;
    if (made >= 2) twoMade.resolve();
  });
  const { body } = await post(url, "backfills", { flow: "days", selection, maxActiveRuns: 2 });
  const { backfill } = body as { backfill: string };
  await twoMade.promise;
  expect(await allPages(url, `backfills/${backfill}/runs?limit=1`)).toHaveLength(2);
});

async function allPages(url: string, list: string): Promise<{ id: string }[][]> {
  const pages: { id: string }[][] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? "" : `${list.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await ask(url, `${list}${more}`);
    expect([list, status]).toEqual([list, 200]);
    const page = body as { items: { id: string }[]; next: string | null };
    pages.push(page.items);
    cursor = page.next;
  } while (cursor !== null);
  return pages;
}

test("the grid has a letter for each task of each run, also when it is asked for again", async () => {
  const served = await serveApi();
  const runs = [await runToEnd(served, "failing"), await runToEnd(served, "failing")];
  const grid = async () =>
    (await ask(served.url, "flows/failing/grid")).body as { runs: { id: string; cells: string }[] };
  const first = await grid();
  expect(first).toMatchObject({ tasks: ["check"], runs: [{ cells: "f" }, { cells: "f" }] });
  expect(first.runs.map(({ id }) => id)).toEqual(runs.toReversed());
  const third = await runToEnd(served, "failing");
  const again = await grid();
  expect(again.runs.slice(1)).toEqual(first.runs);
  expect(again.runs[0]).toMatchObject({ id: third, cells: "f" });
});

test("the flows are told at a glance: the newest runs of each, how many succeed, and how long they take", async () => {
  const served = await serveApi();
  expect((await ask(served.url, "flow-runs")).body).toMatchObject({ items: [], next: null });
  const failed = await runToEnd(served, "failing");
  const runs = [await runToEnd(served, "sales/orders"), await runToEnd(served, "sales/orders")];
  const { items } = (await ask(served.url, "flow-runs")).body as {
    items: { flow: string; runs: { id: string }[]; succeeded: number; medianMs: number | null }[];
  };
  expect(items).toMatchObject([
    { flow: "failing", runs: [{ id: failed, state: "failed" }], succeeded: 0, medianMs: null },
    { flow: "sales/orders", runs: runs.toReversed().map((id) => ({ id, state: "success" })), succeeded: 1 },
  ]);
  expect(items[1]?.medianMs).toBeGreaterThanOrEqual(0);
});

test("the runs of a day are counted by flow, and how far those are that go on", async () => {
  const served = await serveApi();
  expect((await ask(served.url, "run-counts")).body).toMatchObject({ total: { success: 0 }, flows: 0, items: [] });
  const good = [await runToEnd(served, "sales/orders"), await runToEnd(served, "sales/orders")];
  const failed = await runToEnd(served, "failing");
  const { run: asking } = (await post(served.url, "flows/asking/runs", {})).body as { run: string };
  const { body } = await ask(served.url, "run-counts?limit=2");
  const none = { success: 0, failed: 0, cancelled: 0, active: 0 };
  expect(body).toMatchObject({ stretchMs: 900_000, total: { ...none, success: 2, failed: 1, active: 1 }, flows: 3 });
  const { items } = body as { items: { flow: string; total: object; stretches: { run: string }[] }[] };
  const told = items.map(({ flow, total, stretches }) => ({ flow, total, run: stretches.at(-1)?.run }));
  // What failed first, then the busiest. A stretch leads to the newest of its runs that needs somebody most.
  expect(told).toEqual([
    { flow: "failing", total: { ...none, failed: 1 }, run: failed },
    { flow: "sales/orders", total: { ...none, success: 2 }, run: good[1] },
  ]);
  await expect
    .poll(async () => (await ask(served.url, "progress")).body)
    .toMatchObject({ items: [{ run: asking, flow: "asking", done: 0, tasks: 1 }] });
});

test("the reference is a page of its own, with every route and no script", async () => {
  const { url } = await serveApi();
  const response = await fetch(`${url}/api/docs`);
  const page = await response.text();
  expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; .*style-src 'sha256-/);
  expect(page).not.toMatch(/<script|https?:/);
  for (const { path } of Object.values(ROUTES)) expect(page).toContain(path);
});

test("a schedule tells its ticks from any instant on, and a trigger what it would make a run of", async () => {
  const { url } = await serveApi();
  const path = "flows/sales%2Forders/triggers";
  const from = encodeURIComponent("2026-03-28T00:00:00Z");
  const forecast = await ask(url, `${path}/default/forecast?from=${from}&count=2&timeZone=Europe/Zurich`);
  expect(forecast.body).toMatchObject({
    timeZone: "Europe/Zurich",
    place: { file: "flows/orders.ts" },
    catchup: "newest",
    ticks: [
      { at: "2026-03-28T05:00:00.000Z", notes: [] },
      { at: "2026-03-29T04:00:00.000Z", notes: [{ kind: "clock_set", byMs: 3_600_000 }] },
    ],
    missed: null,
  });
  expect((await ask(url, `${path}/default/forecast?timeZone=Nowhere/At_All`)).status).toBe(400);
  expect((await ask(url, `${path}/none/forecast`)).body).toMatchObject({ code: "UNKNOWN_TRIGGER" });
  await post(url, `${path}/default/pause`, { reason: "audit" });
  const paused = await ask(url, `${path}/default/forecast`);
  expect(paused.body).toMatchObject({
    why: "It was paused by api: audit",
    missed: { count: 0, makes: 0, first: null, last: null },
  });
  expect((await ask(url, `${path}/webhook/forecast`)).body).toMatchObject({
    ticks: null,
    text: "POST /hooks/sales/orders",
  });
  const tried = await post(url, `${path}/webhook/try`, { payload: {} });
  expect(tried.body).toMatchObject({
    outcome: "events",
    events: [{ key: null, params: {}, problem: null, isKnown: false }],
  });
  const unfit = await post(url, `${path}/webhook/try`, { payload: { day: 3 } });
  expect(unfit.body).toMatchObject({ events: [{ params: null, problem: expect.stringContaining("day") }] });
  expect((await post(url, `${path}/default/try`)).status).toBe(400);
  expect((await ask(url, "runs")).body).toMatchObject({ items: [] });
});

test("the record is read by what was done and when, page after page", async () => {
  const { url } = await serveApi();
  const size = (slots: number) =>
    ask(url, "pools/shop", {
      method: "PUT",
      body: JSON.stringify({ slots }),
      headers: { "content-type": "application/json" },
    });
  for (const slots of [1, 2, 3]) await size(slots);
  await post(url, "flows/days/pause", {});
  type Page = {
    items: { action: string; before: unknown; after: unknown; at: string; seq: number }[];
    next: string | null;
  };
  const read = async (query: string) => (await ask(url, `audit?${query}`)).body as Page;
  const first = await read("action=setPool&limit=2");
  expect(first.items).toMatchObject([
    { before: { slots: 2 }, after: { slots: 3 } },
    { before: { slots: 1 }, after: { slots: 2 } },
  ]);
  expect((await read(`action=setPool&limit=2&cursor=${first.next}`)).items).toMatchObject([{ after: { slots: 1 } }]);
  const at = encodeURIComponent(String(first.items[1]?.at));
  const [from, to] = [await read(`action=setPool&from=${at}`), await read(`action=setPool&to=${at}`)];
  expect(from.items.length + to.items.length).toBe(3);
  expect(from.items.at(-1)?.seq).toBe(first.items[1]?.seq);
  expect(await read("to=2020-01-01T00:00:00Z")).toEqual({ items: [], next: null });
  expect((await read("target=pool%20shop&limit=1")).next).not.toBeNull();
});
