// The form that runs a flow: each kind of field, what is wrong at its field, and JSON in step with both.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

vi.setConfig({ testTimeout: 60_000 });

const FLOWS = `import { flow, task } from "millrace";
import { z } from "zod";
const fetchRows = task("fetch", () => 1);
const load = task("load", ({ rows }: { rows: number }) => rows);
const params = z.object({
  region: z.enum(["eu", "us"]).default("eu").describe("Whose orders"),
  rows: z.int().min(1).max(100).describe("How many at most"),
  mode: z.union([z.literal("fast"), z.literal("safe")]).default("fast"),
  since: z.iso.date().optional(),
  until: z.iso.datetime().nullable().default(null).describe("Reads nothing after it"),
  share: z.number().multipleOf(0.5).optional(),
  dry: z.boolean().default(false).describe("Writes nothing"),
  tags: z.array(z.string().min(2, "A tag has two letters or more")),
  target: z.object({ table: z.string().regex(/^[a-z_]+$/, "Small letters and _ only"), keep: z.boolean().default(true) }),
  weights: z.record(z.string(), z.number()).optional(),
});
export const imports = flow("imports", { description: "Reads what partners send", params }, () => { load({ rows: fetchRows({}) }); });
`;

let project: ServedProject;
let opened: Opened;
const troubles: string[] = [];

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject({ files: { "flows/imports.ts": FLOWS } });
  await project.start();
  opened = await openBrowser();
}, 60_000);

afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

async function openForm(width: number, height: number): Promise<Page> {
  const page = await openPage(opened.browser, { viewport: { width, height } }, troubles);
  await page.goto(`${project.url}/flows?launch=imports`);
  await page.getByLabel("rows", { exact: true }).waitFor();
  return page;
}

/** What the form would send. */
async function jsonOf(page: Page): Promise<unknown> {
  return JSON.parse(await page.getByLabel("As JSON").inputValue());
}

async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await keepScreenshot(page, `${name}-${colorScheme}`);
    expect([name, colorScheme, await seriousOf(page)]).toEqual([name, colorScheme, []]);
  }
}

test("what does not fit is said at each field, mended there, and run by the keyboard", async () => {
  const page = await openForm(1280, 800);
  expect(await jsonOf(page)).toEqual({
    region: "eu",
    mode: "fast",
    until: null,
    dry: false,
    tags: [],
    target: { keep: true },
  });
  await page.getByRole("button", { name: "Add to tags" }).click();
  await page.getByLabel("tags 1", { exact: true }).fill("x");
  await page.getByLabel("table", { exact: true }).fill("Orders!");
  await page.keyboard.press("Control+Enter");
  await page.getByText("3 values do not fit: see their fields.").waitFor();
  const rows = page.getByLabel("rows", { exact: true });
  await vi.waitUntil(() => rows.evaluate((each) => each === document.activeElement));
  for (const said of ["A value is needed.", "A tag has two letters or more", "Small letters and _ only"]) {
    expect(await page.getByText(said, { exact: true }).count()).toBe(1);
  }
  await look(page, "launch-errors-laptop");
  await rows.fill("7");
  expect(await page.getByText("A value is needed.").count()).toBe(0);
  await page.getByLabel("tags 1", { exact: true }).fill("daily");
  await page.getByLabel("table", { exact: true }).fill("orders");
  await page.getByLabel("until", { exact: true }).fill("2026-01-02T03:04:05");
  await page.getByLabel("weights", { exact: true }).fill('{"a": 1}');
  await page.locator("summary", { hasText: "More" }).click();
  await page.getByLabel("Choose a task").selectOption("load");
  await page.getByLabel("Which tasks").selectOption("from");
  await page.getByRole("button", { name: "As curl" }).click();
  await page.getByText('"selection":{"kind":"from","nodes":["load"]}').waitFor();
  expect(await page.getByText("Bearer $MILLRACE_TOKEN").count()).toBe(1);
  await page.getByLabel("Choose a task").scrollIntoViewIfNeeded();
  await look(page, "launch-more-laptop");
  await page.getByRole("button", { name: "Leave load out" }).click();
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/runs\//);
  const { items } = await project.client.runs.list({ flow: "imports", limit: 1 });
  expect(items[0]?.params).toMatchObject({
    rows: 7,
    until: "2026-01-02T03:04:05.000Z",
    tags: ["daily"],
    target: { table: "orders", keep: true },
    weights: { a: 1 },
  });
  await page.context().close();
});

test("JSON and fields follow each other, and what is no JSON is not run", async () => {
  const page = await openForm(390, 844);
  const json = page.getByLabel("As JSON");
  await json.fill('{"rows": 9, "tags": ["one", "two"], "target": {"table": "t"}}');
  expect(await page.getByLabel("rows", { exact: true }).inputValue()).toBe("9");
  expect(await page.getByLabel("tags 2", { exact: true }).inputValue()).toBe("two");
  await page.getByRole("button", { name: "Remove tags 1" }).click();
  expect(await jsonOf(page)).toEqual({ rows: 9, tags: ["two"], target: { table: "t" } });
  await json.fill('{"rows": ');
  await page.getByLabel("table", { exact: true }).focus();
  await page.keyboard.press("Control+Enter");
  await vi.waitUntil(() => json.evaluate((each) => each === document.activeElement));
  await page.getByText("This is not a JSON object yet.").waitFor();
  await page.getByLabel("rows", { exact: true }).fill("900");
  expect(await jsonOf(page)).toMatchObject({ rows: 900 });
  await page.keyboard.press("Control+Enter");
  await page.getByText("One value does not fit: see its field.").waitFor();
  await look(page, "launch-errors-phone");
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  // The server's 422 is what the page is about here, and the browser writes each down.
  expect(troubles.filter((each) => !each.includes("422"))).toEqual([]);
  await page.context().close();
});
