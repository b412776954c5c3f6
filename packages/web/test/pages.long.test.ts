// The pages in a real browser, against a real server and real runs.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

const WIDTHS = [
  { name: "phone", viewport: { width: 390, height: 844 } },
  { name: "laptop", viewport: { width: 1280, height: 800 } },
  { name: "desk", viewport: { width: 1920, height: 1080 } },
] as const;
/** Two hundred pages are opened. */
vi.setConfig({ testTimeout: 180_000 });
const THEMES = ["light", "dark"] as const;

let project: ServedProject;
let opened: Opened;
const runs = { good: "", failed: "", cards: "", waiting: "" };

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject();
  await project.start();
  opened = await openBrowser();
  runs.good = await project.runToEnd("daily-orders", { region: "us" });
  runs.failed = await project.runToEnd("daily-orders", { fail: true });
  runs.cards = await project.runToEnd("airport-cards");
  runs.waiting = await project.client.flow("release-train").run();
});

afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

/** Each screen: where it is, and what is there once it has been read. */
function screens(): readonly (readonly [name: string, address: string, shows: string | RegExp])[] {
  return [
    ["overview", "/", "Publish release 4.2 to customers?"],
    ["flows", "/flows", "Orders of the day, in euros, without fraud"],
    ["flow-runs", "/flows/daily-orders", "Last runs"],
    ["flow-graph", "/flows/daily-orders?tab=graph", "Show all"],
    ["flow-schedules", "/flows/daily-orders?tab=schedules", "every day at 06:00, Europe/Zurich"],
    ["flow-details", "/flows/daily-orders?tab=details", "Defined in"],
    ["runs", "/runs?state=%5B%22failed%22%5D", "airport-cards"],
    ["run-graph", `/runs/${runs.failed}?task=fraud-score`, "Log and details"],
    ["run-timeline", `/runs/${runs.failed}?tab=timeline`, "exchange-rates"],
    ["run-tasks", `/runs/${runs.cards}?tab=tasks`, "no weather for SYD"],
    ["run-events", `/runs/${runs.cards}?tab=events`, "has 4 items"],
    ["run-details", `/runs/${runs.good}?tab=details`, '"region": "us"'],
    ["task", `/runs/${runs.failed}/tasks/fraud-score`, "the model server answered 503"],
    ["approval", `/runs/${runs.waiting}/tasks/release`, "Approve"],
    ["launch", "/flows?launch=daily-orders", "Whose orders"],
    ["not-found", "/nowhere", "There is no such page"],
  ];
}

/** Screens about the project itself: tables and forms of one kind, which are looked at in one width. */
const MANAGE_SCREENS = [
  ["pools", "/manage", "Workers elsewhere"],
  ["vault", "/manage/vault", "No secrets yet"],
  ["people", "/manage/people", "No users: nobody is asked who they are"],
  ["audit", "/manage/audit", "Started a run"],
  ["alerts", "/manage/alerts", "Nobody is told of anything"],
] as const;

/** Waits until something that is shown says so: in text, or as a name that is read out. */
async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).or(page.getByLabel(text)).filter({ visible: true }).first().waitFor();
}

test.for(WIDTHS)("every screen is whole on a $name, in both themes, without a serious violation", async (width) => {
  const troubles: string[] = [];
  const violations: string[] = [];
  const page = await openPage(opened.browser, { viewport: width.viewport }, troubles);
  await page.goto(project.url);
  for (const [name, address, text] of width.name === "laptop" ? [...screens(), ...MANAGE_SCREENS] : screens()) {
    // As a link goes there: to load all anew takes as long as all that is looked at.
    await page.evaluate((to) => history.pushState(null, "", to), address);
    await shows(page, text);
    for (const colorScheme of width.name === "desk" ? (["light"] as const) : THEMES) {
      await page.emulateMedia({ colorScheme });
      await keepScreenshot(page, `${name}-${width.name}-${colorScheme}`);
      // What is said and how it stands out does not depend on how wide a window is beyond a laptop's.
      const serious = width.name === "desk" ? [] : await seriousOf(page);
      violations.push(...serious.map((each) => `${name}, ${colorScheme}: ${each}`));
    }
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWide) violations.push(`${name}: wider than the window`);
  }
  await page.context().close();
  expect({ violations, troubles }).toEqual({ violations: [], troubles: [] });
});

test("from the keyboard: runs a flow that fails, finds out why, and runs it again from there", async () => {
  const troubles: string[] = [];
  const page = await openPage(opened.browser, { viewport: { width: 1280, height: 800 } }, troubles);
  await page.goto(project.url);
  await shows(page, "Latest runs");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search" }).fill("run daily");
  await page.keyboard.press("Enter");
  await page.getByLabel("fail", { exact: true }).check();
  await page.getByLabel("rows", { exact: true }).fill("77");
  await shows(page, "millrace run daily-orders --param region=eu --param rows=77 --param fail=true");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  // The page of the run, which follows it without being asked to.
  await page.getByRole("heading", { name: /^daily-orders/ }).waitFor();
  await page.getByRole("link", { name: "fraud-score" }).click();
  await shows(page, "the model server is away");
  const log = page.getByRole("log");
  await log.getByText("the model server answered 503").waitFor();
  await page.keyboard.press("e");
  await page.getByRole("radio", { name: /From fraud-score/ }).waitFor();
  await page.getByRole("button", { name: /^Run \d tasks? again$/ }).click();
  await shows(page, "rerun by hand");
  await page.getByRole("link", { name: /^Tasks/ }).click();
  await shows(page, "kept");
  expect(troubles).toEqual([]);
  await page.context().close();
});

test("searches a log, and its address leads to the line", async () => {
  const troubles: string[] = [];
  const page = await openPage(opened.browser, { viewport: { width: 1280, height: 800 } }, troubles);
  await page.goto(`${project.url}/runs/${runs.good}/tasks/extract`);
  await page.getByText("61 lines").waitFor();
  await page.getByLabel("Search the log").fill("CURRENCY");
  await page.getByText("1 found").waitFor();
  await page.getByLabel("Search the log").press("Enter");
  await page.waitForURL(/line=61/);
  const address = page.url();
  await page.goto(address);
  await page.locator("mark", { hasText: "currency" }).waitFor();
  expect(troubles).toEqual([]);
  await page.context().close();
});

test("cancels a run, decides what waits, and pauses a schedule; other pages see it", async () => {
  const troubles: string[] = [];
  const page = await openPage(opened.browser, { viewport: { width: 1280, height: 800 } }, troubles);
  const other = await page.context().newPage();
  await other.goto(`${project.url}/runs`);
  await shows(other, "daily-orders");
  // The first page has the stream, and a second one is told how that is, whether something happens or not.
  await page.goto(`${project.url}/runs`);
  await page.getByRole("button", { name: /Settings/ }).click();
  await page.getByText(/^Live/).waitFor();
  await page.keyboard.press("Escape");
  // From here on the list gets no answer any more: what it shows of the run is what events say of it.
  await other.route("**/api/v1/runs?*", () => undefined);
  const run = await project.client.flow("number-crunch").run();
  await page.goto(`${project.url}/runs/${run}`);
  await other.getByRole("row", { name: /Running number-crunch .*by hand/ }).waitFor();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  // It says what it would stop, and stops nothing before it is told to.
  await page
    .getByRole("dialog", { name: /Cancel the run/ })
    .getByText("Stopped, with all")
    .waitFor();
  await keepScreenshot(page, "cancel-run-laptop-light");
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await other.getByRole("row", { name: /Cancelled number-crunch/ }).waitFor();
  const waiting = await project.client.flow("release-train").run();
  await page.goto(`${project.url}/runs/${waiting}/tasks/release`);
  await page.getByLabel("Comment").fill("seen by two");
  await page.getByRole("button", { name: "Approve" }).click();
  await shows(page, "Succeeded");
  await page.goto(`${project.url}/flows/daily-orders?tab=schedules`);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByLabel("Why").fill("the bank moves");
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  // In the flow's header, where one looks first.
  await page
    .getByRole("banner")
    .or(page.locator("header"))
    .getByText(/^Paused by .*: the bank moves$/)
    .waitFor();
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await page.getByRole("dialog").getByText("No tick was missed so far.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
  expect(troubles).toEqual([]);
  await page.context().close();
});

test("plans a backfill, runs it, repeats what failed, and gives a trigger an event", async () => {
  const troubles: string[] = [];
  const violations: string[] = [];
  const page = await openPage(opened.browser, { viewport: { width: 1280, height: 800 } }, troubles);
  const look = async (name: string): Promise<void> => {
    if (/backfill/.test(name)) await keepScreenshot(page, `${name}-laptop-light`);
    violations.push(...(await seriousOf(page)).map((each) => `${name}: ${each}`));
  };
  await page.goto(`${project.url}/flows/sales?tab=backfills`);
  await page.getByRole("button", { name: "New backfill" }).click();
  await page.getByLabel("From", { exact: true }).fill("2026-02-11");
  await page.getByLabel("To", { exact: true }).fill("2026-02-17");
  await page.getByRole("button", { name: "Begin 7 runs" }).waitFor();
  await look("new-backfill");
  await page.getByRole("button", { name: "Begin 7 runs" }).click();
  // Each cell leads to its run, and says in words which it is.
  await page.getByRole("link", { name: "2026-02-13: Failed" }).focus();
  await page.keyboard.press("ArrowRight");
  await page
    .locator(":focus", { has: page.locator("svg") })
    .and(page.getByLabel(/^2026-02-14: /))
    .waitFor();
  await page.getByRole("button", { name: "Retry 1 failed" }).click();
  // The plan first: which run, and what of it.
  await page.getByRole("list", { name: "Runs" }).getByRole("link", { name: "2026-02-13" }).waitFor();
  await look("backfill-retry");
  await page.getByRole("button", { name: "Retry 1 run", exact: true }).click();
  await page.getByRole("link", { name: "2026-02-13: Failed" }).focus();
  await shows(page, "repeated once");
  await look("backfill");
  await page.getByRole("link", { name: "Backfills" }).first().click();
  await page.getByRole("row", { name: /Failed sales/ }).waitFor();
  await look("backfills");
  await page.getByRole("link", { name: "Schedules" }).click();
  await page.getByRole("row", { name: /On every day at 06:00, Europe\/Zurich/ }).waitFor();
  await look("schedules");
  await page.getByRole("link", { name: "POST /hooks/sales" }).click();
  await page.getByRole("button", { name: "Fire" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Fire" }).click();
  await page.getByRole("dialog").getByText("Made a run").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("row", { name: /Made a run/ }).waitFor();
  await look("trigger");
  expect({ violations, troubles }).toEqual({ violations: [], troubles: [] });
  await page.context().close();
});

test("says when the server is gone, and goes on by itself when it is back", async () => {
  // That requests fail is what this is about.
  const page = await openPage(opened.browser, { viewport: { width: 1280, height: 800 } }, []);
  await page.goto(`${project.url}/runs`);
  await shows(page, "daily-orders");
  await project.stop("SIGKILL");
  await shows(page, "The server cannot be reached.");
  await project.start();
  await page.getByText("The server cannot be reached.").waitFor({ state: "detached" });
  await project.runToEnd("airport-cards");
  expect(await page.getByRole("row", { name: /Failed airport-cards/ }).count()).toBeGreaterThanOrEqual(1);
  await page.context().close();
});
