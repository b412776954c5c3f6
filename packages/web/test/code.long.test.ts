// Code by version, what is broken, and days: in a real browser, against `millrace dev`, whose files change.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

vi.setConfig({ testTimeout: 60_000 });

const CLEAN = "export function clean(rows: number): number {\n  return Math.max(0, rows - 3);\n}\n";

const ORDERS = `import { cron, flow, task } from "millrace";
import { clean } from "../lib/clean.ts";

// Reads what the shop has sold since yesterday.
const extract = task("extract", ({ rows }: { rows: number }, { log }) => {
  log.info("fetching", { rows });
  return rows;
});

const tidy = task("tidy", ({ rows }: { rows: number }) => clean(rows));

const check = task("check", { retries: 2, timeout: "10m", pool: "warehouse" }, ({ rows }: { rows: number }) => {
  if (rows > 100) throw new Error("too many rows");
  return rows;
});

export const orders = flow("orders", {
  description: "Orders of the day, without what cannot be",
  owner: "commerce",
  schedule: cron("0 6 * * *", { timeZone: "Europe/Zurich" }),
}, () => check({ rows: tidy({ rows: extract({ rows: 40 }) }) }));
`;

const SALES = `import { daily, flow, task } from "millrace";
const load = task("load", (_: {}, { partition }) => {
  if (partition?.key.endsWith("-13")) throw new Error("no file for this day");
  return partition?.key;
});
export const sales = flow("sales", {
  partitions: daily({ start: "2026-01-01", timeZone: "Europe/Zurich" }),
}, () => { load({}); });
`;

let project: ServedProject;
let opened: Opened;
const versions = { first: "", second: "" };
const troubles: string[] = [];

async function activeVersion(): Promise<string> {
  return (await project.client.call("getProject")).activeVersion ?? "";
}

/** Files are built again as they are saved: waits until that has made another version. */
async function save(name: string, text: string): Promise<string> {
  const before = await activeVersion();
  project.write(name, text);
  return await vi.waitUntil(
    async () => {
      const now = await activeVersion();
      return now === before ? undefined : now;
    },
    { timeout: 20_000, interval: 50 },
  );
}

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject({
    command: "dev",
    config:
      'import { defineConfig } from "millrace";\nexport default defineConfig({ workers: 2, pools: { warehouse: 4 } });\n',
    files: { "flows/orders.ts": ORDERS, "flows/sales.ts": SALES, "lib/clean.ts": CLEAN, "flows/.env": "TOKEN=1\n" },
  });
  await project.start();
  versions.first = await activeVersion();
  await project.runToEnd("orders");
  const changed = ORDERS.replace('"0 6 * * *"', '"0 7 * * *"')
    .replace("rows > 100", "rows > 1_000")
    .replace(
      "export const orders",
      'const report = task("report", ({ rows }: { rows: number }) => rows * 2);\n\nexport const orders',
    )
    .replace("() => check({", "() => report({ rows: check({")
    .replace("40 }) }) }));", "40 }) }) }) }));");
  versions.second = await save("flows/orders.ts", changed);
  await project.runToEnd("orders");
  const selection = { kind: "keys_between", from: "2026-02-11", to: "2026-02-17" } as const;
  await project.client.backfill({ flow: "sales", selection });
  await vi.waitUntil(
    async () =>
      (await project.client.runs.list({ flow: "sales", limit: 20 })).items.filter(({ endedAt }) => endedAt !== null)
        .length === 7,
    {
      timeout: 20_000,
      interval: 50,
    },
  );
  opened = await openBrowser();
}, 90_000);

afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

async function open(address: string, width = 1280, height = 800): Promise<Page> {
  const page = await openPage(opened.browser, { viewport: { width, height } }, troubles);
  await page.goto(project.url + address);
  return page;
}

/** In both themes, with what axe finds serious. On a phone the same is said, only elsewhere. */
async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await keepScreenshot(page, `${name}-${colorScheme}`);
    if (name.endsWith("-laptop")) expect([name, colorScheme, await seriousOf(page)]).toEqual([name, colorScheme, []]);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
}

test("the code of a flow: its files, its tasks with how they went, and their lines", async () => {
  const page = await open("/flows/orders?tab=code");
  await page.getByText("Reads what the shop has sold since yesterday.").waitFor();
  await page.getByTitle("check, newest run: Succeeded").waitFor();
  await page.getByRole("button", { name: /check/ }).click();
  await page.getByText("flows/orders.ts:12").waitFor();
  await look(page, "code-laptop");
  await page.getByRole("button", { name: /clean\.ts/ }).click();
  await page.getByText("Math.max").waitFor();
  expect(new URL(page.url()).searchParams.get("file")).toBe("lib/clean.ts");
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, "code-phone");
  await page.context().close();
  expect(troubles).toEqual([]);
});

test("what changed between two versions, in words and lines; and where a run's code is another", async () => {
  const page = await open("/flows/orders?tab=code");
  await page.getByRole("button", { name: "What changed last" }).click();
  await page.getByText("1 task changed, 1 added; schedule from “every day at 06:00, Europe/Zurich” to").waitFor();
  await page.getByText("1_000").waitFor();
  // Only what differs, with a little around it.
  expect(await page.getByText("return Math.max").count()).toBe(0);
  await look(page, "code-diff-laptop");
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, "code-diff-phone");
  await page.setViewportSize({ width: 1280, height: 800 });
  const [, old] = (await project.client.runs.list({ flow: "orders", limit: 2 })).items;
  await page.goto(`${project.url}/runs/${old?.id}/tasks/extract`);
  await page.getByRole("link", { name: "Code" }).click();
  await page.getByText("Not the active version").waitFor();
  await page.getByText("flows/orders.ts:5").waitFor();
  await page.goto(`${project.url}/runs/${old?.id}`);
  await page.getByText("not the active version").waitFor();
  await page.context().close();
  expect(troubles).toEqual([]);
});

test("a broken file is shown with its place while flows stay as they were, and goes away when it is mended", async () => {
  const page = await open("/flows/sales");
  await page.getByRole("heading", { name: "sales" }).waitFor();
  project.write("flows/sales.ts", SALES.replace("return partition?.key;", "return partition?.key +;"));
  await page.getByText("flows/sales.ts does not build").waitFor();
  await page.getByText("This flow stays as it was").waitFor();
  await look(page, "build-error-laptop");
  await page.goto(`${project.url}/flows`);
  await page.getByText("flows/sales.ts does not build").waitFor();
  project.write("flows/sales.ts", SALES);
  await page.getByText("flows/sales.ts does not build").waitFor({ state: "detached" });
  await page.context().close();
  expect(troubles).toEqual([]);
});

test("days: what failed, what is missing, and a backfill of just that", async () => {
  const page = await open("/flows/sales?tab=calendar&to=2026-06&day=2026-02-13");
  await page.getByRole("button", { name: "Friday 13 February 2026: 1 failed" }).waitFor();
  await page.getByRole("link", { name: /Failed 2026-02-13/ }).waitFor();
  await look(page, "calendar-laptop");
  await page.getByRole("button", { name: "Friday 13 February 2026: 1 failed" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("button", { name: "Friday 20 February 2026: 1 missing", pressed: true }).waitFor();
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByText("2026-02-20 to 2026-02-21").waitFor();
  await page.getByRole("link", { name: "Backfill 2 missing" }).click();
  await page.getByRole("button", { name: "Begin 2 runs" }).waitFor();
  await page.goBack();
  await page.getByText("2026-02-20 to 2026-02-21").waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, "calendar-phone");
  await page.setViewportSize({ width: 1280, height: 800 });
  // What a schedule will do.
  await page.goto(`${project.url}/flows/orders?tab=calendar`);
  await page
    .getByRole("button", { name: /: 1 planned$/ })
    .first()
    .click();
  await page.getByText("Planned", { exact: true }).waitFor();
  await look(page, "calendar-planned");
  await page.context().close();
  expect(troubles).toEqual([]);
});

test("a flow's details: its policies, and who may do what", async () => {
  const page = await open("/flows/orders?tab=details");
  await page.getByText("Defined in").waitFor();
  await look(page, "flow-details-laptop");
  await page.context().close();
  expect(troubles).toEqual([]);
});
