// What stands around the pages, and the pages that one comes to first.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

const SIZES = {
  laptop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;

const project = new ServedProject();
let opened: Opened;
let troubles: string[] = [];

beforeAll(async () => {
  [opened] = await Promise.all([openBrowser(), ensureBuilt(), project.start()]);
});

afterAll(async () => {
  await opened.close();
  await project.remove();
});

async function show(size: keyof typeof SIZES, theme: "light" | "dark", address: string): Promise<Page> {
  troubles = [];
  const page = await openPage(opened.browser, { viewport: SIZES[size], colorScheme: theme }, troubles);
  onTestFinished(async () => {
    await page.context().close();
    expect(troubles).toEqual([]);
  });
  await page.goto(`${project.url}${address}`);
  return page;
}

test("a project in which nothing has run says how to begin", async () => {
  const page = await show("laptop", "light", "/");
  await page.getByText("Nothing has run yet").waitFor();
  await keepScreenshot(page, "overview-first-laptop-light");
  await page.getByRole("button", { name: "Run airport-cards" }).click();
  await page.getByRole("dialog").waitFor();
});

test("the overview says what needs somebody, and what to do about it", async () => {
  for (let count = 0; count < 4; count += 1) await project.runToEnd("daily-orders");
  const calm = await show("laptop", "dark", "/");
  await calm.getByText("All is well").waitFor();
  await calm.getByText("4 runs succeeded in the last 24 hours. Next: daily-orders in").waitFor();
  await keepScreenshot(calm, "overview-calm-laptop-dark");
  const failed = await project.runToEnd("daily-orders", { fail: true });
  await project.client.flow("release-train").run({});
  const page = await show("laptop", "light", "/");
  await page.getByRole("link", { name: "Decide release of release-train" }).waitFor();
  await page.getByText("the model server is away").first().waitFor();
  await page.getByText("4 succeeded, 1 failed").waitFor();
  await keepScreenshot(page, "overview-needs-laptop-light");
  expect(await seriousOf(page)).toEqual([]);
  await page.getByRole("link", { name: "Log of fraud-score" }).click();
  await page.waitForURL(`**/runs/${failed}/tasks/fraud-score`);
  await page.goBack();
  await page.getByRole("button", { name: "Rerun daily-orders" }).click();
  await page.getByRole("dialog").getByText("fraud-score").first().waitFor();
  await keepScreenshot(page, "overview-rerun-laptop-light");
});

test("on a phone five entries are under the thumb, and the others are behind the last", async () => {
  const page = await show("phone", "dark", "/");
  const bar = page.getByRole("navigation", { name: "Main" });
  await page.getByText("Needs attention").waitFor();
  await bar.getByRole("button", { name: "More" }).waitFor();
  const seen = await bar.locator("a:visible, button:visible").allInnerTexts();
  expect(seen.map((text) => text.trim())).toEqual(["Search", "Overview", "Flows", "Runs", "More"]);
  await keepScreenshot(page, "overview-needs-phone-dark");
  expect(await seriousOf(page)).toEqual([]);
  await bar.getByRole("button", { name: "More" }).click();
  await keepScreenshot(page, "more-phone-dark");
  await page.getByRole("menuitem", { name: /Schedules/ }).click();
  await page.waitForURL("**/schedules");
  // What can be done about a run does not scroll away, and all of its row leads to it.
  await page.goto(`${project.url}/runs?state=failed`);
  const row = page.getByRole("row").nth(1);
  const { x = 0, y = 0, width = 0, height = 0 } = (await row.boundingBox()) ?? {};
  await page.mouse.click(x + width - 12, y + height - 6);
  const rerun = page.getByRole("button", { name: "Rerun from failure" });
  await rerun.waitFor();
  await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
  const [button, below] = [await rerun.boundingBox(), await bar.boundingBox()];
  expect(button?.height).toBeGreaterThanOrEqual(44);
  expect((below?.y ?? 0) - (button?.y ?? 0)).toBeLessThan(64);
  await keepScreenshot(page, "run-failed-phone-dark");
  expect(await seriousOf(page)).toEqual([]);
  await page.goto(`${project.url}/flows/daily-orders`);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("dialog").getByText("no run is made by").waitFor();
  await keepScreenshot(page, "flow-pause-phone-dark");
  await page.goto(`${project.url}/runs`);
  await page.getByRole("row").nth(1).waitFor();
  expect(await page.evaluate(() => document.querySelector("table")?.parentElement?.scrollWidth)).toBeLessThanOrEqual(
    390,
  );
});

test("what can be pressed is shown: what belongs to the page, and what holds everywhere", async () => {
  const page = await show("laptop", "light", "/flows/daily-orders");
  await page.getByRole("button", { name: "Run", exact: true }).waitFor();
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await keys.getByRole("region", { name: "On this page" }).getByText("Run daily-orders").waitFor();
  await keys.getByRole("region", { name: "Everywhere" }).getByText("Go to flows").waitFor();
  await keepScreenshot(page, "keys-laptop-light");
  expect(await seriousOf(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await keys.waitFor({ state: "detached" });
  // Nothing had the focus before: it is not lost to the first link when a dialog has closed.
  await page.keyboard.press("r");
  const launch = page.getByRole("dialog", { name: "Run daily-orders" });
  await launch.getByRole("button", { name: "Run", exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await launch.waitFor({ state: "detached" });
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("main");
});

test("the palette has what can be done here and where one has been first, and finds tasks and pools by name", async () => {
  const page = await show("laptop", "dark", "/runs");
  await page.getByRole("link", { name: "Flows" }).click();
  await page.getByRole("link", { name: "release-train" }).first().click();
  await page.getByRole("heading", { name: "release-train" }).waitFor();
  await page.goto(`${project.url}/flows/daily-orders`);
  await page.getByRole("button", { name: "Run", exact: true }).waitFor();
  await page.getByText("Orders of the day").waitFor();
  await page.keyboard.press("Control+k");
  const found = page.getByRole("listbox", { name: "Found" }).getByRole("option");
  await found.nth(2).waitFor();
  expect(await found.first().innerText()).toContain("Run daily-orders");
  expect(await found.nth(1).innerText()).toContain("Pause daily-orders");
  expect(await found.nth(2).innerText()).toContain("release-train");
  await keepScreenshot(page, "palette-laptop-dark");
  expect(await seriousOf(page)).toEqual([]);
  await page.keyboard.type("exchange");
  await found.filter({ hasText: "Task of daily-orders" }).first().click();
  await page.waitForURL("**/flows/daily-orders?*task=exchange-rates*");
  expect(await page.evaluate(() => localStorage.getItem("millrace.visited"))).toContain("/flows/daily-orders");
});

test("what is not there says why that may be, and where to go", async () => {
  const page = await show("laptop", "light", "/");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  troubles.length = 0;
  await page.goto(`${project.url}/flows/daily-ordres`);
  await page.getByText("It may have been renamed").waitFor();
  await keepScreenshot(page, "no-such-flow-laptop-light");
  await page.getByRole("link", { name: "Go to flows" }).click();
  await page.waitForURL("**/flows");
  await page.goto(`${project.url}/flows/daily-orders?tab=code&version=${"0".repeat(64)}`);
  await page.getByRole("link", { name: "Show the newest version" }).click();
  await page.getByText("daily-orders").first().waitFor();
  // The browser itself says what was answered: both were asked for as they are not there.
  expect(troubles.filter((text) => !text.includes("404"))).toEqual([]);
  troubles.length = 0;
});

test("settings have a page of their own, which the menu, the palette and keys lead to", async () => {
  const page = await show("laptop", "light", "/");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("menuitem", { name: "All settings" }).click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  const about = page.getByRole("region", { name: "About" });
  await about.getByText(project.url).waitFor();
  await about.getByText(/^\d+\.\d+\.\d+/).waitFor();
  await keepScreenshot(page, "settings-laptop-light");
  await page.getByRole("radio", { name: "Dark", exact: true }).check();
  expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
  expect(await seriousOf(page)).toEqual([]);
  await keepScreenshot(page, "settings-laptop-dark");
  const heightOf = async (): Promise<number> => {
    await page.goto(`${project.url}/runs`);
    return (await page.getByRole("row").nth(1).boundingBox())?.height ?? 0;
  };
  const before = await heightOf();
  await page.goBack();
  await page.getByRole("radio", { name: "Compact" }).check();
  await page.getByRole("radio", { name: "Each flow's own zone" }).check();
  expect(await heightOf()).toBeLessThan(before * 0.8);
  await keepScreenshot(page, "runs-compact-laptop-dark");
  // The browser of tests is in UTC.
  const time = page.locator("time[title*='Europe/Zurich']").first();
  expect(await time.getAttribute("title")).toMatch(/ UTC \(yours\)\n.* Europe\/Zurich \(the flow's\)$/);
  await page.goBack();
  await page.getByRole("radio", { name: "Compact" }).waitFor();
  await page.setViewportSize(SIZES.phone);
  await keepScreenshot(page, "settings-phone-dark");
  await page.reload();
  await page.getByRole("radio", { name: "Dark", exact: true }).waitFor();
  expect(await page.getByRole("radio", { name: "Dark", exact: true }).isChecked()).toBe(true);
});
