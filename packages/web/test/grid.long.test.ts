// The grid of runs and tasks in a real browser, against a real server and real runs.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type {} from "../src/api/asked-ahead.ts";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

const LAPTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

let project: ServedProject;
let opened: Opened;
let first: string;

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject();
  await project.start();
  opened = await openBrowser();
  first = await project.runToEnd("daily-orders", { region: "us" });
  await project.runToEnd("daily-orders", { fail: true });
  await project.runToEnd("airport-cards");
});

afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

/** Opens a flow's page and waits until its grid is drawn. */
async function openGrid(page: Page, flow: string): Promise<void> {
  await page.goto(`${project.url}/flows/${flow}`);
  await page.locator("main canvas[data-drawn]").waitFor();
}

test("is looked at in both themes and on a phone, without a serious violation", async () => {
  const troubles: string[] = [];
  const serious: string[] = [];
  const page = await openPage(opened.browser, { viewport: LAPTOP }, troubles);
  await openGrid(page, "daily-orders");
  await page.getByText("2 runs, the newest on the right").waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await keepScreenshot(page, `grid-laptop-${colorScheme}`);
    serious.push(...(await seriousOf(page)));
  }
  await page.setViewportSize(PHONE);
  await keepScreenshot(page, "grid-phone-dark");
  serious.push(...(await seriousOf(page)));
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  await page.context().close();
  expect({ serious, troubles }).toEqual({ serious: [], troubles: [] });
});

test("what is asked ahead of a page is what it shows, and nothing is asked for twice", async () => {
  const troubles: string[] = [];
  const page = await openPage(opened.browser, { viewport: LAPTOP }, troubles);
  let asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/v1/")) asked.push(request.url());
  });
  for (const [address, sign] of [
    ["/flows/daily-orders", "main canvas[data-drawn]"],
    ["/flows/daily-orders?tab=graph", "main [data-drawn]"],
    [`/runs/${first}`, "main [data-drawn]"],
    [`/runs/${first}/tasks/extract`, '[role="log"] time'],
  ] as const) {
    asked = [];
    await page.goto(project.url + address);
    await page.locator(sign).first().waitFor();
    const left = () => page.evaluate(() => [...(globalThis.askedAhead?.answers.keys() ?? [])]);
    // The last event is read by the stream, and by pages that show the project.
    await expect.poll(async () => (await left()).filter((url) => !url.endsWith("/project"))).toEqual([]);
    expect(asked.filter((url, at) => asked.indexOf(url) !== at)).toEqual([]);
  }
  await page.context().close();
  expect(troubles).toEqual([]);
});

test("is gone through with the keyboard: to a cell, what it was, and its run", async () => {
  const troubles: string[] = [];
  const page = await openPage(opened.browser, { viewport: LAPTOP }, troubles);
  await openGrid(page, "daily-orders");
  const grid = page.getByRole("application", { name: /^Grid of 2 runs and 4 tasks/ });
  await grid.focus();
  const panel = page.getByRole("complementary");
  await panel.getByText("Newest run").waitFor();
  // The newest run failed in fraud-score, which is the third of its tasks.
  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "Home", "End"]) await page.keyboard.press(key);
  const said = page.locator("p[aria-live]").filter({ hasText: /: / });
  const place = (await said.textContent()) ?? "";
  await page.keyboard.press("Enter");
  await page.waitForURL(/cell=/);
  await panel.getByRole("link", { name: "Log and details" }).waitFor();
  await keepScreenshot(page, "grid-selected-laptop-light");
  const address = page.url();
  await page.goto(address);
  await panel.getByRole("link", { name: "Log and details" }).waitFor();
  await grid.focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/runs\//);
  expect(place).toMatch(/^[\w-]+: (Failed|Succeeded|Upstream failed).*Run of \d{4}-\d\d-\d\d \d\d:\d\d/);
  expect(troubles).toEqual([]);
  await page.context().close();
});

test("leaves the tasks that are asked for, and says so in its address", async () => {
  const page = await openPage(opened.browser, { viewport: LAPTOP }, []);
  await openGrid(page, "daily-orders");
  const states = page.getByRole("list", { name: "States" }).getByRole("button");
  expect(await states.allTextContents()).toEqual(["Failed", "Upstream failed", "Succeeded"]);
  await states.filter({ hasText: /^Failed/ }).click();
  await page.getByText("1 of 4 tasks").waitFor();
  expect(new URL(page.url()).searchParams.get("cells")).toBe('["failed"]');
  await states.filter({ hasText: /^Failed/ }).click();
  await page.getByText("4 tasks × 2 runs").waitFor();
  await page.context().close();
});

test("is pointed at without a commit of React", async () => {
  const page = await openPage(opened.browser, { viewport: LAPTOP }, []);
  // What React tells tools of each commit, in the build that users have, too.
  await page.addInitScript(() => {
    const seen = { commits: 0 };
    const hook = { supportsFiber: true, inject: () => 1, onCommitFiberRoot: () => (seen.commits += 1) };
    Object.assign(globalThis, { seen, __REACT_DEVTOOLS_GLOBAL_HOOK__: hook });
  });
  // Whoever shows how long ago something was commits once a second, unless the clock stands still.
  await page.clock.install();
  await openGrid(page, "airport-cards");
  const commits = () => page.evaluate(() => (globalThis as unknown as { seen: { commits: number } }).seen.commits);
  await page.clock.pauseAt(Date.now() + 60_000);
  const before = await commits();
  const box = await page.locator("main canvas[data-drawn]").boundingBox();
  if (box === null) throw new Error("there is no grid");
  for (let step = 0; step < 40; step += 1) await page.mouse.move(box.x + 190 + step, box.y + 30 + step);
  expect(before).toBeGreaterThan(0);
  expect(await commits()).toBe(before);
  await page.context().close();
});

test("follows a run cell by cell, in all tabs over one stream, and goes on after the server was away", async () => {
  const context = await opened.browser.newContext({ viewport: LAPTOP });
  const streams = new Set<string>();
  const pages = [await context.newPage(), await context.newPage()] as const;
  for (const page of pages) {
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === "/api/v1/events") streams.add(`${pages.indexOf(page)}`);
    });
    await page.goto(`${project.url}/flows/number-crunch`);
    await page.getByRole("heading", { name: "number-crunch" }).waitFor();
  }
  const run = await project.client.flow("number-crunch").run();
  for (const page of pages) await page.getByRole("list", { name: "States" }).getByText("Running").waitFor();
  expect(streams.size).toBe(1);
  await project.stop("SIGKILL");
  for (const page of pages) await page.getByText("The server cannot be reached.").waitFor();
  await project.start();
  await project.client.runs.cancel(run);
  for (const page of pages) {
    await page.getByText("The server cannot be reached.").waitFor({ state: "detached" });
    await page.getByRole("list", { name: "States" }).getByText("Cancelled").waitFor();
  }
  await context.close();
});
