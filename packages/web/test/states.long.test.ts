// What pages say when something is not as it should be, each time through its real cause.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PASSWORD = "three blind mice";
const LAPTOP = { viewport: { width: 1280, height: 800 } } as const;

let project: ServedProject;
let opened: Opened;
let run: string;

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject();
  await project.start();
  opened = await openBrowser();
  run = await project.runToEnd("daily-orders");
});
afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

async function go(page: Page, address: string): Promise<void> {
  await page.evaluate((to) => history.pushState(null, "", to), address);
}

/** Screens of all kinds, with what they show. */
const screens = (): readonly (readonly [address: string, shows: string])[] => [
  ["/", "Latest runs"],
  ["/flows", "Orders of the day, in euros, without fraud"],
  ["/flows/daily-orders", "Last runs"],
  ["/runs", "daily-orders"],
  [`/runs/${run}?tab=tasks`, "exchange-rates"],
  [`/runs/${run}/tasks/extract`, "61 lines"],
  ["/schedules", "every day at 06:00"],
  ["/backfills", "New backfill"],
  ["/manage/pools", "Workers elsewhere"],
  ["/manage/people", "No users"],
];

test("what is not there is said to be not there, on each screen that is about something", async () => {
  const page = await openPage(opened.browser, LAPTOP, []);
  await page.goto(project.url);
  const gone = "01AAAAAAAAAAAAAAAAAAAAAAAA";
  const cases: readonly (readonly [address: string, says: RegExp])[] = [
    ["/flows/no-such-flow", /no flow|not.*flow/i],
    [`/runs/${gone}`, /no run/i],
    [`/runs/${gone}/tasks/extract`, /no run/i],
    [`/runs/${run}/tasks/no-such-task`, /no.*task/i],
    ["/backfills/01AAAAAAAAAAAAAAAAAAAAAAAA", /no backfill/i],
    ["/schedules/daily-orders/no-such-trigger", /no.*(?:trigger|schedule)/i],
    ["/flows?launch=no-such-flow", /no flow|not.*flow/i],
    ["/nowhere", /no such page/i],
  ];
  const violations: string[] = [];
  for (const [address, says] of cases) {
    await go(page, address);
    await page.locator("main, [role=dialog]").getByText(says).first().waitFor();
    violations.push(...(await seriousOf(page)).map((each) => `${address}: ${each}`));
  }
  await go(page, `/runs/${gone}`);
  await page
    .getByText(/no run/i)
    .first()
    .waitFor();
  await keepScreenshot(page, "no-such-run-laptop-light");
  expect(violations).toEqual([]);
  await page.context().close();
});

test("while the server is away every screen says so, keeps what it shows, and goes on when it is back", async () => {
  const pages: Page[] = [];
  for (const [address, shows] of screens().slice(0, 6)) {
    // Each in a browser of its own: pages of one share their stream.
    const page = await openPage(opened.browser, LAPTOP, []);
    await page.goto(project.url + address);
    await page.getByText(shows).filter({ visible: true }).first().waitFor();
    pages.push(page);
  }
  await project.stop("SIGKILL");
  for (const [at, page] of pages.entries()) {
    await page.getByText("The server cannot be reached.").waitFor();
    await page
      .getByText(screens()[at]?.[1] ?? "")
      .filter({ visible: true })
      .first()
      .waitFor();
  }
  await project.start();
  for (const page of pages) await page.getByText("The server cannot be reached.").waitFor({ state: "detached" });
  // Nothing is lost: what happens now comes to the page of runs by itself.
  const next = await project.client.flow("daily-orders").run({ rows: 5 });
  await pages[3]
    ?.getByRole("link", { name: new RegExp(next.slice(-6)) })
    .first()
    .waitFor();
  expect(await pages[3]?.getByText("Try again").count()).toBe(0);
  for (const page of pages) await page.context().close();
});

test("slow answers are awaited with something in their place, and nothing jumps when they come", async () => {
  const page = await openPage(opened.browser, LAPTOP, []);
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[]) {
        if (!entry.hadRecentInput) shifts.push(entry.value);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  // The real answers, each held back until the page has shown that it waits.
  const held: (() => void)[] = [];
  await page.route("**/api/v1/**", async (route) => {
    if (/login|\/me$|project$|events/.test(route.request().url())) return await route.continue();
    await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  const jumps: Record<string, number> = {};
  for (const [address, shows] of screens()) {
    await page.goto(project.url + address);
    await expect.poll(() => held.length).toBeGreaterThan(0);
    await page.locator("main").waitFor();
    const release = setInterval(() => {
      for (const go of held.splice(0)) go();
    }, 100);
    await page.getByText(shows).filter({ visible: true }).first().waitFor();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    clearInterval(release);
    const sum = await page.evaluate(() =>
      (globalThis as unknown as { shifts: number[] }).shifts.reduce((a, b) => a + b, 0),
    );
    if (sum >= 0.1) jumps[address] = sum;
  }
  expect(jumps).toEqual({});
  await page.context().close();
});

/** A refusal as the server words it. */
const problem = (status: number, body: object) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ type: "about:blank", title: "", status, ...body }),
});

test("what is not answered as it should be says what happened, and is read when somebody tries again", async () => {
  const page = await openPage(opened.browser, LAPTOP, []);
  // Time goes on by itself, and can be made to go faster.
  await page.clock.install();
  await page.goto(project.url);
  await page.getByText("Latest runs").waitFor();
  const cases = [
    ["500", "The server failed.", /fault of Millrace's own/],
    ["502", "The server was not reached.", /answered 502, such as a proxy/],
    ["410", "The server was not reached.", /answered 410/],
    ["lost", "The server cannot be reached.", /network is gone/],
    ["silent", "The server has not answered for 30 seconds.", /may be busy/],
  ] as const;
  for (const [what, says, advice] of cases) {
    const address = /\/api\/v1\/runs\?.*flow=daily-orders/;
    await page.route(address, async (each) => {
      if (what === "lost") await each.abort("internetdisconnected");
      else if (what === "500") await each.fulfill(problem(500, { code: "INTERNAL", detail: "The server failed." }));
      else if (what !== "silent") await each.fulfill({ status: Number(what), body: "<h1>Sorry</h1>" });
    });
    await page.goto(`${project.url}/runs?flow=daily-orders`);
    if (what === "silent") {
      await page.getByLabel("Loading").waitFor();
      await page.clock.fastForward(31_000);
    }
    const alert = page.getByRole("alert").filter({ hasText: says });
    // Between two tries of a read some time passes.
    const seen = async (): Promise<number> => {
      await page.clock.fastForward(500);
      return await alert.count();
    };
    await expect.poll(seen).toBe(1);
    await alert.getByText(advice).waitFor();
    if (what === "silent") await keepScreenshot(page, "no-answer-laptop-light");
    await page.unroute(address);
    await alert.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("table", { name: "Runs" }).getByText(run.slice(-6)).waitFor();
  }
  // Of a log the first page, and a part of the pages themselves.
  const log = /\/attempts\/\d+\/log\?/;
  await page.route(log, (each) => each.fulfill(problem(500, { code: "INTERNAL", detail: "The server failed." })));
  await page.goto(`${project.url}/runs/${run}/tasks/extract`);
  const failed = page.getByRole("region", { name: "Log" }).getByRole("alert");
  await failed.getByText("The server failed.").waitFor();
  await page.unroute(log);
  await failed.getByRole("button", { name: "Try again" }).click();
  await page.getByText("61 lines").waitFor();
  // What reads code comes late, and may not come.
  const reader = /\/assets\/reader-/;
  await page.route(reader, (each) => each.abort("internetdisconnected"));
  await page.goto(`${project.url}/flows/daily-orders?tab=code`);
  const unread = page.getByRole("alert").filter({ hasText: "A part of the page could not be loaded." });
  await unread.waitFor();
  await page.unroute(reader);
  await unread.getByRole("button", { name: "Try again" }).click();
  await page.locator("[data-code] .cm-content").waitFor();
  const parts = /\/assets\/settings-page|\/health$/;
  await page.route(parts, (each) => each.abort("internetdisconnected"));
  await page.keyboard.type("g,");
  await page.getByText("A part of the page could not be loaded.").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("The server still cannot be reached.").waitFor();
  await page.unroute(parts);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await page.context().close();
});

test("an act that gets no answer keeps what was typed and is done once, and one that comes too late says so", async () => {
  const page = await openPage(opened.browser, LAPTOP, []);
  await page.goto(`${project.url}/flows?launch=daily-orders`);
  await page.getByLabel("rows", { exact: true }).fill("78");
  const keys = new Set<string>();
  const start = /\/api\/v1\/flows\/daily-orders\/runs$/;
  // The server does it, and its answer is lost on the way.
  await page.route(start, async (each) => {
    keys.add(each.request().headers()["idempotency-key"] ?? "");
    await each.fetch();
    await each.abort("connectionreset");
  });
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Run", exact: true }).click();
  await dialog.getByText("The server cannot be reached.").waitFor();
  expect(await page.getByLabel("rows", { exact: true }).inputValue()).toBe("78");
  await keepScreenshot(page, "launch-lost-laptop-light");
  await page.unroute(start);
  page.on("request", (each) => {
    if (start.test(each.url())) keys.add(each.headers()["idempotency-key"] ?? "");
  });
  await dialog.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: /^daily-orders/ }).waitFor();
  expect(keys.size).toBe(1);
  const { items } = await project.client.call("listRuns", { query: { flow: "daily-orders" } });
  expect(items.filter(({ params }) => (params as { rows: number }).rows === 78)).toHaveLength(1);
  // Somebody else was faster: nothing is tried again, and the page asks for what there is now.
  const going = await project.client.flow("number-crunch").run({});
  await page.goto(`${project.url}/runs/${going}`);
  await page.route(/\/cancel$/, (each) =>
    each.fulfill(problem(409, { code: "RUN_FINISHED", detail: "The run is over.", hint: "Run it again." })),
  );
  const asked = page.waitForRequest(new RegExp(`/runs/${going}$`));
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "The run is over." });
  await alert.getByText("Run it again.").waitFor();
  await asked;
  expect(await alert.getByRole("button").count()).toBe(0);
  await project.client.runs.cancel(going);
  await page.context().close();
});

test("a session that ends in the middle of a form is renewed over it, and one that is left is left everywhere", async () => {
  const { client } = project;
  const grants = [{ role: "admin", flows: "*" }] as const;
  const { token } = await client.call("createToken", { body: { name: "rest", user: null, grants: [...grants] } });
  const admin = project.clientWith(token);
  for (const name of ["ana", "bob"]) {
    await admin.call("createUser", { body: { name, password: PASSWORD, grants: [...grants] } });
  }
  const page = await openPage(opened.browser, LAPTOP, []);
  const cookie = await project.logIn("ana", PASSWORD);
  await page.context().addCookies([cookie]);
  const other = await page.context().newPage();
  await other.goto(`${project.url}/flows`);
  await page.goto(`${project.url}/flows?launch=daily-orders`);
  await page.getByLabel("rows", { exact: true }).fill("77");
  const { items } = await admin.call("listSessions");
  for (const { id } of items) await admin.call("endSession", { params: { session: id } });
  // The stream of events has ended with the session: nobody has to try something first.
  const again = page.getByRole("dialog", { name: "Log in again" });
  await again.getByLabel("Password").fill(PASSWORD);
  await keepScreenshot(page, "login-again-laptop-light");
  expect(await again.getByLabel("Name").inputValue()).toBe("ana");
  await page.keyboard.press("Enter");
  await again.waitFor({ state: "detached" });
  expect(await page.getByLabel("rows", { exact: true }).inputValue()).toBe("77");
  await page.getByRole("dialog").getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("heading", { name: /^daily-orders/ }).waitFor();
  // Leaving on one page shows the way in on the other.
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("menuitem", { name: /Log out/ }).click();
  await page.getByRole("button", { name: "Log in" }).waitFor();
  await other.getByRole("button", { name: "Log in" }).waitFor();
  // A user who is disabled does not come in again, and is told so.
  await admin.call("disableUser", { params: { user: "ana" } });
  await page.getByLabel("Name").fill("ana");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("alert").waitFor();
  await page.context().close();
});
