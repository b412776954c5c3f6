// Logs, and the page of a task, in a real browser.
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** A row has 20 pixels; what is in the document is what a window shows, and some rows on both sides. */
const MOST_ROWS = 120;
const LINES = 12_000;

const FLOWS = `import { flow, task } from "millrace";

const ESC = "\\u001b";
const rows = task("rows", () => ({ count: ${LINES}, source: { bucket: "orders", files: ["a.csv", "b.csv"] } }));
const load = task("load", ({ from }: { from: { count: number } }, { log, report }) => {
  const largest = [{ order: 7, franc: 1200.5 }, { order: 9, franc: 80 }];
  report.materialization({ asset: "orders/day", dataVersion: "v7", metadata: { rows: from.count, note: "<b>not</b> HTML", largest: { type: "json", value: largest } } });
  report.check({ check: "has a currency", asset: "orders/day", passed: false, severity: "warn", metadata: { without: 3 } });
  report.custom({ spent: { tokens: 12, model: "small" } });
  console.log(ESC + "[1;32mgreen" + ESC + "[0m and \\u05e9\\u05dc\\u05d5\\u05dd \\u202eturned\\u202c \\ud83d\\ude80 bell \\u0007");
  console.log("10 %\\r50 %\\r100 % loaded");
  console.log("y".repeat(1_000_000));
  log.warn("no currency", { order: { id: 7, lines: [1, 2, 3] } });
  for (let row = 0; row < from.count; row += 1) log.info("row " + row + " of the import has changed");
  log.error("row 77 is broken");
  console.log("cleaning up");
  throw new Error("the import is broken", { cause: new Error("connection reset by peer") });
});
export const imports = flow("imports", () => { load({ from: rows({}) }); });

const talk = task("talk", async (_: {}, { log, signal }) => {
  for (let row = 0; row < 850; row += 1) log.info("row " + row);
  for (let tick = 0; !signal.aborted; tick += 1) {
    log.info("tick " + tick);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});
export const talking = flow("talking", () => { talk({}); });
`;

let project: ServedProject;
let opened: Opened;
let run: string;

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject({ files: { "flows/imports.ts": FLOWS } });
  await project.start();
  opened = await openBrowser();
  run = await project.runToEnd("imports");
});

afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

const LAPTOP = { viewport: { width: 1280, height: 800 } };

async function withPage(options: object, look: (page: Page) => Promise<void>): Promise<void> {
  const troubles: string[] = [];
  const page = await openPage(opened.browser, { ...LAPTOP, ...options }, troubles);
  try {
    await look(page);
  } catch (error) {
    await keepScreenshot(page, "logs-failed");
    throw new Error(await storyOf(page), { cause: error });
  }
  expect(troubles).toEqual([]);
  await page.context().close();
}

const line = (page: Page, number: number) => page.locator(`[data-line="${number - 1}"]`);

const BROKEN = "row 77 is broken";

const broken = (page: Page) => page.locator(`[data-line="${LINES + 4}"]`, { hasText: BROKEN });

/** What the server has of the log, and what the page shows of it: which of the two is wrong is the first question. */
async function storyOf(page: Page): Promise<string> {
  const query = { from: LINES, limit: 10, clip: 80 };
  const log = await project.client.call("readLog", { params: { run, attempt: 2 }, query });
  const rows = await page.locator("[data-line]").allTextContents();
  return [
    `${page.url()} shows something else than was looked for; see logs-failed.png.`,
    `The server has ${log.count} lines, and ${log.writing ? "more are written" : "no more come"}:`,
    ...log.lines.map(({ number, text }) => `  ${number + 1} ${text}`),
    `The page says: ${(await page.getByRole("main").innerText()).replaceAll(/\s+/g, " ").slice(0, 300)}`,
    `The page has ${rows.length} rows:`,
    ...rows.map((text) => `  ${text.slice(0, 100)}`),
  ].join("\n");
}

/** Waits for a line to be where it is seen, not only in the document. */
async function isSeen(page: Page, row: Locator): Promise<void> {
  await row.waitFor();
  const inside = async (): Promise<boolean> => {
    const [own, all] = [await row.boundingBox(), await page.getByRole("log").boundingBox()];
    return own !== null && all !== null && own.y >= all.y - 1 && own.y + own.height <= all.y + all.height + 1;
  };
  await expect.poll(inside).toBe(true);
}

test("from the overview to the line that failed in two clicks, and the error is read without scrolling", async () => {
  await withPage({}, async (page) => {
    await page.goto(project.url);
    await page
      .getByRole("region", { name: "Needs attention" })
      .getByRole("link", { name: /^imports/ })
      .click();
    await page.getByRole("main").getByRole("link", { name: "load", exact: true }).first().click();
    await isSeen(page, broken(page));
    for (const text of ["Error: the import is broken", "caused by Error: connection reset by peer"]) {
      const box = await page.getByText(text).first().boundingBox();
      expect([text, box !== null && box.y + box.height < 400]).toEqual([text, true]);
    }
  });
});

test("a long log: any line, both ends, the search, the errors and the levels are at hand, and the document stays small", async () => {
  await withPage({}, async (page) => {
    const address = `${project.url}/runs/${run}/tasks/load`;
    await page.goto(`${address}?line=6000-6002`);
    await isSeen(page, line(page, 6_000));
    await page.getByText("3 lines, 6000-6002").waitFor();
    expect(await page.locator("[data-line]").count()).toBeLessThan(MOST_ROWS);
    await page.keyboard.press("G");
    await isSeen(page, line(page, LINES + 6));
    await page.keyboard.press("g");
    await page.keyboard.press("g");
    await isSeen(page, line(page, 1));
    await page.keyboard.press("n");
    await page.waitForURL(new RegExp(`line=${LINES + 5}$`));
    await isSeen(page, broken(page));
    await page.keyboard.press("/");
    await page.keyboard.type("ROW 1");
    await page.getByText(/1,000\+/).waitFor();
    await page.keyboard.press("Enter");
    await page.locator("mark", { hasText: "row 1" }).first().waitFor();
    await line(page, 20)
      .getByRole("button")
      .click({ modifiers: ["Shift"] });
    await page.waitForURL(/line=6-20/);
    expect(await page.locator("[data-line]").count()).toBeLessThan(MOST_ROWS);
    await page.goto(`${address}?level=warn`);
    await page.getByText(`2 of ${(LINES + 6).toLocaleString("en")}`).waitFor();
    await line(page, 4).getByRole("button").click();
    await page.getByLabel("Fields of the line").getByText("order").waitFor();
    await page.getByRole("button", { name: "Show in context" }).click();
    await isSeen(page, line(page, 4));
    await isSeen(page, line(page, 6));
  });
});

test("colours, long lines, progress bars and signs that turn a text around look right and harm nothing", async () => {
  await withPage({}, async (page) => {
    await page.goto(`${project.url}/runs/${run}/tasks/load?line=1`);
    await line(page, 1).locator(".text-success", { hasText: "green" }).waitFor();
    expect(await line(page, 1).textContent()).toContain("[U+202E]turned[U+202C] 🚀 bell ␇");
    expect(await line(page, 2).textContent()).toMatch(/info100 % loaded$/);
    expect(await line(page, 3).textContent()).toMatch(/y{2000} … [\d,]+ more characters$/);
    await page.keyboard.press("w");
    await page.waitForURL(/wrap=true/);
    const isWide = await page.getByRole("log").evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    expect(isWide).toBe(false);
    await page.keyboard.press("G");
    await isSeen(page, line(page, LINES + 6));
    await page.keyboard.press("t");
    await page
      .getByText(/^\+\d+\.\d{3}$/)
      .first()
      .waitFor();
  });
});

test("follows a log that is written, lets one read above, and says how much has come", async () => {
  const talking = await project.client.flow("talking").run();
  await withPage({}, async (page) => {
    await page.goto(`${project.url}/runs/${talking}/tasks/talk`);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.locator("[data-line]").first().waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("g");
    await isSeen(page, line(page, 1));
    await page.getByRole("button", { name: /Jump to the end · \d+ new lines/ }).waitFor();
    await page.getByRole("button", { name: /Jump to the end/ }).click();
    await page.getByRole("button", { name: /Jump to the end/ }).waitFor({ state: "detached" });
    await project.client.runs.cancel(talking);
    await page.getByText("Live", { exact: true }).waitFor({ state: "detached" });
  });
});

test("a log that is opened as its task begins shows its last lines without being loaded again", async () => {
  const own = await project.client.flow("imports").run();
  await withPage({}, async (page) => {
    await page.goto(`${project.url}/runs/${own}/tasks/load`);
    await isSeen(page, broken(page));
    await page.getByText(`${(LINES + 6).toLocaleString("en")} lines`).waitFor();
    await page.keyboard.press("G");
    await isSeen(page, line(page, LINES + 6));
    await line(page, LINES + 6)
      .getByText("cleaning up")
      .waitFor();
  });
});

test("lines that come while an older answer is on its way, the last of all, are shown", async () => {
  const talking = await project.client.flow("talking").run();
  const isReleased = Promise.withResolvers<void>();
  await withPage({}, async (page) => {
    await page.goto(`${project.url}/runs/${talking}/tasks/talk?line=1`);
    await page.getByText("Live", { exact: true }).waitFor();
    await isSeen(page, line(page, 1));
    const isAsked = Promise.withResolvers<void>();
    await page.route(/\/log\?.*from=[1-9]/, async (route) => {
      const response = await route.fetch();
      isAsked.resolve();
      await isReleased.promise;
      await route.fulfill({ response });
    });
    await page.getByText(/[89]\d\d lines$/).waitFor();
    await page.keyboard.press("G");
    await isAsked.promise;
    await project.client.runs.cancel(talking);
    await page.getByText("Live", { exact: true }).waitFor({ state: "detached" });
    isReleased.resolve();
    await page.keyboard.press("G");
    await isSeen(page, page.locator("[data-line]", { hasText: "Cancelled." }));
    expect(await page.getByRole("log").getByText("…", { exact: true }).count()).toBe(0);
  });
});

test("no letter of a search is lost while the address comes after it", async () => {
  await withPage({}, async (page) => {
    await page.goto(`${project.url}/runs/${run}/tasks/load`);
    await isSeen(page, broken(page));
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 6 });
    await page.keyboard.press("/");
    const field = page.getByRole("textbox", { name: "Search the log" });
    // As long as the field waits after a letter, so that each is told while the next is typed.
    await field.pressSequentially("row 119", { delay: 150 });
    await page.waitForURL(/q=row(\+|%20)119/);
    await field.press("9");
    await field.press("Enter");
    await field.press("8");
    await page.waitForURL(/q=row(\+|%20)11998/);
    await page.getByText(/1 found/).waitFor();
    expect(await field.inputValue()).toBe("row 11998");
  });
});

test("shows what a task was given and gave, its attempts, its time and what is around it, on each screen", async () => {
  for (let again = 0; again < 3; again += 1) await project.runToEnd("imports");
  run = await project.runToEnd("imports");
  const screens = [
    ["task-log", `/runs/${run}/tasks/load`, /Error: the import is broken/],
    ["task-data", `/runs/${run}/tasks/load?tab=data`, "<b>not</b> HTML"],
    ["task-attempts", `/runs/${run}/tasks/load?tab=attempts`, /, process \d+/],
  ] as const;
  const violations: string[] = [];
  for (const viewport of [LAPTOP.viewport, { width: 390, height: 844 }]) {
    const width = viewport.width === 390 ? "phone" : "laptop";
    await withPage({ viewport }, async (page) => {
      for (const [name, address, text] of screens) {
        await page.goto(project.url + address);
        await page.getByText(text).filter({ visible: true }).first().waitFor();
        await page.getByText(/Usually takes|Too few runs/).waitFor();
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          await keepScreenshot(page, `${name}-${width}-${colorScheme}`);
        }
        violations.push(...(await seriousOf(page)).map((each) => `${name}, ${width}: ${each}`));
        const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        if (isWide) violations.push(`${name}, ${width}: wider than the window`);
      }
      await page.goto(`${project.url}/runs/${run}?tab=details`);
      const reports = page.getByRole("region", { name: "Reports" });
      await reports.getByRole("link", { name: "load" }).first().waitFor();
      expect(await reports.getByRole("listitem").allInnerTexts()).toEqual([
        expect.stringMatching(/orders\/day.*version.*v7.*12,000.*<b>not<\/b> HTML.*1200.5/s),
        expect.stringMatching(/has a currency.*Did not pass: a warning.*check of orders\/day/s),
        expect.stringMatching(/custom.*tokens/s),
      ]);
      await reports.scrollIntoViewIfNeeded();
      violations.push(...(await seriousOf(page)).map((each) => `run-reports, ${width}: ${each}`));
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await keepScreenshot(page, `run-reports-${width}-${colorScheme}`);
      }
    });
  }
  expect(violations).toEqual([]);
});
