import { expect, test } from "vitest";
import { temporaryProject } from "../temporary-project.ts";
import { ask, frames, ORDERS, post, runToEnd, serveApi } from "./api-under-test.ts";

const RUN_EVENTS = 7;

interface Seen {
  readonly seq: number;
  readonly type: string;
  readonly flow: string;
  readonly run: string;
  readonly made?: object;
}

test("a reader that comes again goes on where it was, and has every event once", async () => {
  const served = await serveApi();
  const { url } = served;
  const { body } = await ask(url, "project");
  const { seq } = body as { seq: number };
  const live = frames(url, `events?after=${seq}`, { count: 3 });
  await runToEnd(served, "sales/orders");
  const first = await live;
  const rest = await frames(url, `events?after=${seq}`, {
    count: RUN_EVENTS - 3,
    headers: { "last-event-id": first.at(-1)?.id ?? "" },
  });
  const all = [...first, ...rest].map(({ data }) => data as Seen);
  expect(all.map((event) => event.seq)).toEqual(Array.from({ length: RUN_EVENTS }, (_, index) => seq + 1 + index));
  expect(all.map(({ type }) => type)).toEqual([
    "run.queued",
    "run.started",
    "task.started",
    "task.finished",
    "task.started",
    "task.finished",
    "run.finished",
  ]);
  expect(new Set(all.map(({ flow }) => flow))).toEqual(new Set(["sales/orders"]));
  // The first one says all that a list shows of the run, as it was made, although it is over by now.
  const { body: known } = await ask(url, `runs/${all[0]?.run}`);
  const begins = { state: "queued", settled: false, startedAt: null, endedAt: null };
  const { seq: _, ...run } = known as object & { seq: number };
  expect(all.map(({ made }) => made)).toEqual([{ ...run, ...begins }, ...Array.from({ length: RUN_EVENTS - 1 })]);
});

test("many readers follow one list, each with what it asked for", async () => {
  const served = await serveApi();
  const { url } = served;
  const readers = Array.from({ length: 20 }, () => frames(url, "events?after=0&type=run.finished", { count: 2 }));
  const ofFlow = frames(url, "events?after=0&flow=failing", { count: 3 });
  const run = await runToEnd(served, "sales/orders");
  const failing = await runToEnd(served, "failing");
  for (const seen of await Promise.all(readers)) {
    expect(seen.map(({ data }) => (data as { run: string }).run)).toEqual([run, failing]);
  }
  expect((await ofFlow).map(({ data }) => (data as { run: string }).run)).toEqual([failing, failing, failing]);
  const ofRun = await frames(url, `events?after=0&run=${failing}&type=run.queued&type=run.finished`, { count: 2 });
  expect(ofRun.map(({ event }) => event)).toEqual(["run.queued", "run.finished"]);
});

test("a server that does not lead serves the same list", async () => {
  const dir = temporaryProject({ "flows/orders.ts": ORDERS });
  const leader = await serveApi(dir);
  const guest = await serveApi(dir);
  expect([leader.runtime.role, guest.runtime.role]).toEqual(["leader", "guest"]);
  const both = [leader, guest].map(({ url }) => frames(url, "events?after=0", { count: RUN_EVENTS }));
  const { body } = await post(guest.url, "flows/sales%2Forders/runs");
  const [ofLeader, ofGuest] = await Promise.all(both);
  expect(ofGuest).toEqual(ofLeader);
  expect(ofGuest?.at(-1)?.data).toMatchObject({ run: (body as { run: string }).run, type: "run.finished" });
});

test("a log is read by its lines, searched, followed and downloaded", async () => {
  const served = await serveApi();
  const { url } = served;
  const run = await runToEnd(served, "sales/orders");
  const attempts = await ask(url, `runs/${run}/attempts`);
  const log = `runs/${run}/attempts/${(attempts.body as { items: { id: number }[] }).items[0]?.id}/log`;
  const window = await ask(url, `${log}?from=1&limit=1`);
  expect(window.body).toMatchObject({ from: 1, lines: [{ number: 1, level: "warn", text: "Second LINE" }] });
  const found = await ask(url, `${log}/search?text=second`);
  expect(found.body).toMatchObject({ items: [{ number: 1 }] });
  const loud = await ask(url, `${log}?level=warn&clip=6`);
  expect(loud.body).toMatchObject({
    lines: [{ number: 1, text: "Second", cut: 5 }],
    count: 1,
    total: 2,
    writing: false,
  });
  const back = await ask(url, `${log}/search?level=warn&direction=backward&limit=1`);
  expect(back.body).toMatchObject({ items: [{ number: 1 }] });
  expect((await ask(url, `${log}/search`)).status).toBe(400);
  const summary = await ask(url, `${log}/summary`);
  expect(summary.body).toMatchObject({ total: 2, levels: { info: 1, warn: 1 }, lastError: null, writing: false });
  const stream = await frames(url, `${log}/stream`, { count: 3 });
  expect(stream.map(({ id, event }) => [id, event])).toEqual([
    ["0", "line"],
    ["1", "line"],
    ["", "end"],
  ]);
  const resumed = await frames(url, `${log}/stream`, { count: 2, headers: { "last-event-id": "0" } });
  expect(resumed.map(({ id }) => id)).toEqual(["1", ""]);
  const { body, headers } = await ask(url, `${log}/download?from=1`);
  expect(body).toMatch(/^\S+ warn Second LINE\n$/);
  expect(headers.get("content-disposition")).toContain(".log");
});

test("the log of an attempt that says nothing ends with the attempt", async () => {
  const served = await serveApi();
  const run = await runToEnd(served, "sales/orders");
  const attempts = await ask(served.url, `runs/${run}/attempts`);
  const silent = (attempts.body as { items: { id: number }[] }).items[1]?.id;
  const stream = await frames(served.url, `runs/${run}/attempts/${silent}/log/stream`, { count: 1 });
  expect(stream).toMatchObject([{ event: "end" }]);
});
