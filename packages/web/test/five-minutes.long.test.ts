// What Millrace promises to somebody who has never seen it, as one story: with a browser and an editor, in five minutes.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** The project as it comes: it works with what it is given first, and has a fault that other parameters show. */
const FLIGHTS = `import { cron, flow, task } from "millrace";
import { z } from "zod";

const airports = task("airports", ({ count }: { count: number }, { log }) => {
  log.info("the largest " + count + " airports");
  return ["ZRH", "GVA", "JFK", "SYD", "HND"].slice(0, count);
});
const temperatures: Record<string, number> = { ZRH: 11, GVA: 13, JFK: 9, HND: 17 };
const weather = task("weather", ({ codes }: { codes: string[] }, { log }) => {
  return codes.map((code) => {
    log.info("weather of " + code);
    const found = temperatures[code];
    if (found === undefined) throw new Error("there is no weather for " + code);
    return { code, found };
  });
});
const report = task("report", ({ rows }: { rows: unknown[] }) => rows.length + " airports");

export const flights = flow("flights", {
  description: "A report of the largest airports",
  params: z.object({ airports: z.int().min(1).max(5).default(3).describe("How many airports") }),
}, ({ params }) => report({ rows: weather({ codes: airports({ count: params.airports }) }) }));

const day = task("day", (_: {}, { window, log }) => { log.info("sales of " + window.start.toISOString().slice(0, 10)); });
export const sales = flow("sales", {
  description: "Sales of each day",
  schedule: cron("0 6 * * *", { timeZone: "UTC" }),
}, () => { day({}); });
`;
const MENDED = FLIGHTS.replace("JFK: 9,", "JFK: 9, SYD: 24,");

let project: ServedProject;
let opened: Opened;

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject({ files: { "flows/flights.ts": FLIGHTS }, command: "dev" });
  await project.start();
  opened = await openBrowser();
});
afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

test("somebody new runs a flow, mends what fails, and catches up a week", async () => {
  const troubles: string[] = [];
  const page = await openPage(opened.browser, { viewport: { width: 1280, height: 800 } }, troubles);
  await page.goto(project.url);
  await runWithOtherParameters(page);
  await findOutWhyItFailed(page);
  await mendTheFile();
  await rerunFromTheFailure(page);
  await backfillAWeek(page);
  expect(troubles).toEqual([]);
  await page.context().close();
});

async function runWithOtherParameters(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Flows", exact: true }).click();
  await page.getByRole("link", { name: "flights", exact: true }).click();
  await page.getByRole("heading", { name: /^flights/ }).waitFor();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("How many airports").waitFor();
  await dialog.getByLabel("airports", { exact: true }).fill("5");
  await dialog.getByRole("button", { name: "Run", exact: true }).click();
}

/** The page of the run comes by itself. It says which task failed and why; the log says at what. */
async function findOutWhyItFailed(page: Page): Promise<void> {
  await page.getByText("Failed").first().waitFor();
  await page.getByText("there is no weather for SYD").first().waitFor();
  await keepScreenshot(page, "story-failed-laptop-light");
  await page.getByRole("link", { name: "weather", exact: true }).first().click();
  const log = page.getByRole("log");
  await log.getByText("weather of SYD").waitFor();
  await page.getByText("flows/flights.ts:").first().waitFor();
}

/** `millrace dev` reads it by itself. */
async function mendTheFile(): Promise<void> {
  const version = async (): Promise<string | null> => (await project.client.call("getProject")).activeVersion;
  const before = await version();
  project.write("flows/flights.ts", MENDED);
  await expect.poll(version).not.toBe(before);
}

/** What went well before is kept. */
async function rerunFromTheFailure(page: Page): Promise<void> {
  await page.keyboard.press("e");
  const dialog = page.getByRole("dialog");
  // What failed was mended: today's code is what is offered first.
  await expect.poll(() => dialog.getByLabel("With today's code").isChecked()).toBe(true);
  await keepScreenshot(page, "story-rerun-laptop-light");
  await dialog
    .getByRole("button", { name: /^(?:Run|Rerun)\b.*/ })
    .last()
    .click();
  await page.getByRole("heading", { name: /^flights/ }).waitFor();
  await page.getByText("Succeeded").first().waitFor();
  await page.getByRole("link", { name: /^Tasks/ }).click();
  await page.getByText("kept").first().waitFor();
}

/** From the page of a flow that runs each day: the plan first, then seven runs, and their end. */
async function backfillAWeek(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Flows", exact: true }).first().click();
  await page.getByRole("link", { name: "sales", exact: true }).click();
  await page.getByRole("link", { name: "Backfills" }).last().click();
  await page.getByRole("button", { name: "New backfill" }).click();
  await page.getByRole("button", { name: "Last 7 days" }).click();
  await page.getByRole("button", { name: "Begin 7 runs" }).click();
  await page.getByText("100 % · 7 succeeded").waitFor();
  await keepScreenshot(page, "story-week-laptop-light");
}
