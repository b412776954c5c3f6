// The flows page, of few flows and of many: in a real browser, against a real server.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

const FLOWS = `import { cron, flow, task, webhook } from "millrace";
import { z } from "zod";

const wait = task("wait", async ({ ms, fail }: { ms: number; fail: boolean }) => {
  await new Promise((resolve) => { setTimeout(resolve, ms); });
  if (fail) throw new Error("the bank is away");
});
const params = z.object({ ms: z.int().default(1), fail: z.boolean().default(false) });
const body = ({ params }: { params: { ms: number; fail: boolean } }) => { wait({ ms: params.ms, fail: params.fail }); };

export const orders = flow("daily-orders", {
  description: "Orders of the day, in euros", owner: "commerce", tags: ["orders"], params,
  schedule: cron("0 6 * * *", { timeZone: "Europe/Zurich" }),
}, body);
export const bank = flow("bank-statements", {
  description: "What the bank says of yesterday", owner: "finance", tags: ["money"], params,
  triggers: [webhook({ secret: null, params: () => ({ ms: 1, fail: false }) })],
}, body);
export const slow = flow("year-report", { description: "The figures of the year", owner: "finance", params }, body);
const shop = (at: string) => flow("shop-" + at, { description: "Takings of one shop", tags: ["shops"] }, () => { wait({ ms: 1, fail: false }); });
${Array.from({ length: 200 }, (_, at) => String(at).padStart(4, "0"))
  .map((at) => `export const shop${at} = shop("${at}");`)
  .join("\n")}
`;

const LAPTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
vi.setConfig({ testTimeout: 60_000 });

let project: ServedProject;
let opened: Opened;
const troubles: string[] = [];

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject({ files: { "flows/all.ts": FLOWS } });
  await project.start();
  const run = (flow: string, params: object) => project.runToEnd(flow, { ...params });
  for (let at = 0; at < 4; at += 1) {
    await Promise.all([
      run("daily-orders", { ms: 20 + 20 * at }),
      run("bank-statements", { fail: at > 1 }),
      run("year-report", { ms: 300 }),
    ]);
  }
  opened = await openBrowser();
});

afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

/** The names of the flows that stand at the top. */
async function top(page: Page): Promise<string[]> {
  const names = page.getByRole("table", { name: "Flows" }).locator('[role="row"] a[href^="/flows/"]');
  return (await names.allTextContents()).slice(0, 3);
}

test("many flows are one read of their runs, sorted and filtered by the address", async () => {
  const page = await openPage(opened.browser, { viewport: LAPTOP }, troubles);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${project.url}/flows`);
  await expect.poll(() => top(page)).toEqual(["bank-statements", "daily-orders", "shop-0000"]);
  await page.getByRole("row", { name: /daily-orders .*commerce .*every day at 06:00.* 100 %/ }).waitFor();
  expect(asked.filter((path) => path === "/api/v1/flow-runs")).toHaveLength(1);
  expect(asked.filter((path) => path === "/api/v1/runs")).toEqual([]);
  expect(await page.getByRole("row").count()).toBeLessThan(60);
  await page.getByRole("button", { name: "Succeeded" }).click();
  await expect.poll(() => top(page)).toEqual(["bank-statements", "daily-orders", "year-report"]);
  expect(new URL(page.url()).search).toBe("?sort=succeeded");
  await keepScreenshot(page, "flows-many-laptop-light");
  const serious = await seriousOf(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await keepScreenshot(page, "flows-many-laptop-dark");
  await page.setViewportSize(PHONE);
  await keepScreenshot(page, "flows-many-phone-dark");
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  serious.push(...(await seriousOf(page)));
  await page.setViewportSize(LAPTOP);
  await page.getByRole("button", { name: "Failed last 1" }).click();
  await expect.poll(() => top(page)).toEqual(["bank-statements"]);
  await page
    .getByRole("link", { name: /^Failed, / })
    .last()
    .click();
  await expect.poll(() => page.title()).toMatch(/^✗ bank-statements .*, failed · Millrace$/);
  // The tab shows it too, by a file of the server's own: the page's policy allows no other.
  const icon = await page.locator("link[rel=icon]").getAttribute("href");
  expect([icon, (await page.request.get(`${project.url}${icon}`)).headers()["content-type"]]).toEqual([
    "/favicon-failed.svg",
    "image/svg+xml",
  ]);
  await page.goBack();
  // What came from there is there again.
  await page.reload();
  await expect.poll(() => top(page)).toEqual(["bank-statements"]);
  await page.goto(`${project.url}/flows?turned=true`);
  await expect.poll(() => top(page)).toEqual(["year-report", "shop-0199", "shop-0198"]);
  await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
  await page.getByRole("link", { name: "bank-statements" }).waitFor();
  await page.context().close();
  expect({ serious, troubles }).toEqual({ serious: [], troubles: [] });
});

test("runs come by themselves without a request for each, and a flow is paused and resumed from its row", async () => {
  const page = await openPage(opened.browser, { viewport: LAPTOP }, troubles);
  await page.goto(`${project.url}/flows?q=shop-0150`);
  const row = page.getByRole("row", { name: /shop-0150/ });
  await row.waitFor();
  await page.getByRole("link", { name: /^Succeeded/ }).waitFor({ state: "detached" });
  let reads = 0;
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/v1/flow-runs") reads += 1;
  });
  for (let at = 0; at < 5; at += 1) await project.runToEnd("shop-0150");
  await expect.poll(() => row.getByRole("link", { name: /^Succeeded/ }).count()).toBe(5);
  await row.getByText("100 %").waitFor();
  expect(reads).toBeLessThan(5);
  await page.getByLabel("Search flows").fill("daily");
  const orders = page.getByRole("row", { name: /daily-orders/ });
  await orders.getByRole("button", { name: "Pause daily-orders" }).click();
  await page.getByLabel("Why").fill("the bank moves");
  await page.getByRole("dialog").getByRole("button", { name: "Pause", exact: true }).click();
  await orders.getByText("Paused").waitFor();
  await keepScreenshot(page, "flows-paused-laptop-light");
  await orders.getByRole("button", { name: "Resume daily-orders" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resume", exact: true }).click();
  await orders.getByText("Paused").waitFor({ state: "detached" });
  await page.context().close();
  expect(troubles).toEqual([]);
});

test("older runs stay in the list when newer ones come", async () => {
  const page = await openPage(opened.browser, { viewport: LAPTOP }, troubles);
  const one = project.client.flow("shop-0151");
  const oldest = await one.run();
  await Promise.all(Array.from({ length: 51 }, () => one.run()));
  await page.goto(`${project.url}/runs?flow=shop-0151`);
  const rows = page.getByRole("table", { name: "Runs" }).locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(50);
  await page.getByRole("button", { name: "Show older runs" }).click();
  await expect.poll(() => rows.count()).toBe(52);
  await Promise.all([one.run(), one.run()]);
  await expect.poll(() => rows.count()).toBe(54);
  await page.locator(`tbody tr:last-child a[href="/runs/${oldest}"]`).waitFor();
  await page.context().close();
  expect(troubles).toEqual([]);
});
