// What can be done about runs and their tasks, in a real browser: each with its plan first.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

vi.setConfig({ testTimeout: 120_000 });

const FLOWS = `import { flow, task } from "millrace";
import { z } from "zod";

const extract = task("extract", () => 400);
const clean = task("clean", ({ rows }: { rows: number }) => rows);
const score = task("fraud-score", ({ rows, fail }: { rows: number; fail: boolean }) => {
  if (fail) throw new Error("the model server is away");
  return rows;
});
const publish = task("publish", ({ scored }: { scored: number }) => scored ?? "nothing");
const report = task("report", () => "sent");
const rates = task("exchange-rates", () => 32);
export const orders = flow("daily-orders", { params: z.object({ fail: z.boolean().default(true) }) }, ({ params }) => {
  const published = publish({ scored: score({ rows: clean({ rows: extract({}) }), fail: params.fail }) });
  report.after(published)({});
  rates({});
});

const list = task("list-airports", () => ["ZRH", "GVA", "JFK", "SYD"]);
const card = task("card", ({ code }: { code: string }) => {
  if (code === "SYD") throw new Error("no weather for SYD");
  return code;
});
const count = task("count-cards", ({ cards }: { cards: string[] }) => cards.length);
export const cards = flow("airport-cards", {}, () => {
  count({ cards: card.each(list({}), (code) => ({ code })) });
});

const wait = task("crunch", async (_: {}, { signal }) => {
  await new Promise((_resolve, reject) => { signal.addEventListener("abort", () => reject(signal.reason)); });
});
const tell = task("tell", () => "told");
export const crunch = flow("number-crunch", {}, () => { tell.after(wait({}))({}); });
`;

let project: ServedProject;
let opened: Opened;
const runs = { orders: "", cards: "", crunch: "" };
const troubles: string[] = [];

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject({ files: { "flows/flows.ts": FLOWS } });
  await project.start();
  opened = await openBrowser();
  runs.orders = await project.runToEnd("daily-orders");
  runs.cards = await project.runToEnd("airport-cards");
  runs.crunch = await project.client.flow("number-crunch").run();
});

afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

async function open(address: string): Promise<Page> {
  const page = await openPage(opened.browser, { viewport: { width: 1280, height: 800 } }, troubles);
  onTestFinished(() => page.context().close());
  await page.goto(`${project.url}${address}`);
  return page;
}

/** Keeps a picture in both themes and on a phone, and gives what axe finds serious. */
async function look(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await keepScreenshot(page, `acts-${name}-${colorScheme}`);
    found.push(...(await seriousOf(page)));
  }
  await lookOnPhone(page, name);
  return found;
}

async function lookOnPhone(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  await keepScreenshot(page, `acts-${name}-phone`);
  await page.setViewportSize({ width: 1280, height: 800 });
}

function plan(page: Page) {
  return page.getByRole("region", { name: "Plan" });
}

test("a rerun shows its plan for each choice, and does just that", async () => {
  const page = await open(`/runs/${runs.orders}?task=fraud-score`);
  await page.getByRole("complementary", { name: "fraud-score" }).getByRole("button", { name: "Run again…" }).click();
  await plan(page).getByText("3 tasks run again, 3 kept").waitFor();
  await page.getByLabel("Only fraud-score").check();
  await plan(page).getByText("1 task runs again, 3 kept, 2 left out").waitFor();
  await page.getByLabel("Everything").check();
  await plan(page).getByText("6 tasks run again").waitFor();
  await page.getByLabel("From what failed").check();
  await plan(page).getByText("with the code that it had").waitFor();
  expect(await page.getByRole("group", { name: "With which code" }).count()).toBe(0);
  await plan(page).getByText("3 tasks run again, 3 kept").waitFor();
  expect(await look(page, "rerun")).toEqual([]);
  await page.getByRole("button", { name: "Run 3 tasks again" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(runs.orders));
  await page.getByText("rerun of").waitFor();
  const again = page.url().split("/").at(-1) ?? "";
  expect(await project.client.runs.whenEnded(again)).toMatchObject({ rerunOf: runs.orders, state: "failed" });
});

test("a mark shows its plan, and says afterwards who made it", async () => {
  const page = await open(`/runs/${runs.orders}/tasks/fraud-score`);
  await page.getByRole("button", { name: "Mark…" }).waitFor();
  await page.keyboard.press("m");
  await plan(page).getByText("1 marked, 2 tasks run again, 3 kept").waitFor();
  await plan(page).getByText("is given nothing for fraud-score").waitFor();
  await page.getByRole("radio", { name: "Failed" }).check();
  await plan(page).getByText("fraud-score is failed already").waitFor();
  await page.getByRole("radio", { name: "Succeeded" }).check();
  await page.getByLabel("Why, for those").fill("scored by hand");
  await plan(page).getByText("1 marked").waitFor();
  expect(await look(page, "mark")).toEqual([]);
  await page.getByRole("button", { name: "Mark as success" }).click();
  await page.getByText("marked by").waitFor();
  const marked = page.url().split("/").at(-1) ?? "";
  expect(await project.client.runs.whenEnded(marked)).toMatchObject({ state: "success" });
  await page.goto(`${project.url}/runs/${marked}?tab=tasks`);
  await page.getByText(/marked by .*: scored by hand/).waitFor();
  await lookOnPhone(page, "marked");
});

test("rows of the table of tasks are chosen with mouse and keys, and run again", async () => {
  const page = await open(`/runs/${runs.cards}?tab=tasks`);
  await page.getByLabel("Choose card[0]", { exact: true }).click();
  await page.getByLabel("Choose card[2]", { exact: true }).click({ modifiers: ["Shift"] });
  await page.getByText("3 tasks chosen").waitFor();
  await page.getByLabel("Choose card[2]", { exact: true }).focus();
  await page.keyboard.press("Shift+ArrowDown");
  await page.getByText("4 tasks chosen").waitFor();
  await page.keyboard.press("Space");
  await page.getByText("3 tasks chosen").waitFor();
  await page.getByRole("button", { name: "Choose none" }).click();
  await page.getByLabel("Choose card[1]", { exact: true }).check();
  expect(await look(page, "chosen-tasks")).toEqual([]);
  await page.getByRole("toolbar").getByRole("button", { name: "Run again…" }).click();
  await plan(page).getByText("1 of 4 items").waitFor();
  await keepScreenshot(page, "acts-rerun-item-light");
  await page.getByRole("button", { name: "Run 2 tasks again" }).click();
  await page.getByText("rerun of").waitFor();
  const again = page.url().split("/").at(-1) ?? "";
  await project.client.runs.whenEnded(again);
  const { items } = await project.client.call("listTaskRuns", { params: { run: again }, query: {} });
  const repeated = items.filter(({ reusedFrom }) => reusedFrom === null).map(({ task }) => task);
  expect(repeated.toSorted()).toEqual(["card", "card[1]", "count-cards"]);
});

test("what clearing means is found by that word, and is the same rerun", async () => {
  const page = await open(`/runs/${runs.orders}?task=publish`);
  await page.getByRole("complementary", { name: "publish" }).getByRole("button", { name: "Run again…" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("clear");
  await page.getByRole("option", { name: "Clear publish and all after" }).click();
  await plan(page).getByText("3 tasks run again, 3 kept").waitFor();
  await page.keyboard.press("Escape");
  await plan(page).waitFor({ state: "detached" });
  expect(new URL(page.url()).pathname).toBe(`/runs/${runs.orders}`);
});

test("every row that waits says why, and what goes on is not to be run again", async () => {
  const page = await open(`/runs/${runs.crunch}?tab=tasks`);
  await page.getByText("waits for crunch").waitFor();
  await page.getByRole("cell", { name: /^running for \d/ }).waitFor();
  await page.getByLabel("Choose tell", { exact: true }).check();
  const again = page.getByRole("toolbar").getByRole("button", { name: "Run again…" });
  expect(await again.getAttribute("aria-disabled")).toBe("true");
  expect(await again.getAttribute("title")).toContain("not over yet");
  await lookOnPhone(page, "waiting");
  await page.goto(`${project.url}/runs/${runs.crunch}?task=tell`);
  await page.getByRole("complementary", { name: "tell" }).getByText("Waits for crunch", { exact: false }).waitFor();
});

test("runs are chosen and acted on together, and each that is left alone says why", async () => {
  const page = await open("/runs");
  await page.getByLabel("Choose all runs").check();
  await page.getByRole("button", { name: "Run again what failed…" }).click();
  await page.getByText(/left alone/).waitFor();
  await page.getByText("nothing failed").first().waitFor();
  await page.getByText("it is not over yet").waitFor();
  expect(await look(page, "runs-rerun")).toEqual([]);
  await page.getByRole("button", { name: "Leave them" }).click();
  await page.getByRole("button", { name: "Cancel…" }).click();
  await page.getByText("1 run to cancel").waitFor();
  await page.getByRole("button", { name: "Cancel 1 run" }).click();
  await page.getByText(/Being cancelled: 1 run; \d+ left alone/).waitFor();
  await keepScreenshot(page, "acts-runs-cancelled-light");
  await page.getByRole("button", { name: "Done" }).click();
  expect(await project.client.runs.whenEnded(runs.crunch)).toMatchObject({ state: "cancelled" });
  // A plan that is refused is an answer, and the browser tells of it.
  expect(troubles.filter((trouble) => !/status of 4\d\d/.test(trouble))).toEqual([]);
});
