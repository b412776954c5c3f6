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
