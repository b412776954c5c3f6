// What stands over pages, and other ways to see and to use them: without a mouse, enlarged, and in the system's own colours.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let project: ServedProject;
let opened: Opened;
let run: string;

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject();
  await project.start();
  opened = await openBrowser();
  run = await project.runToEnd("daily-orders", { fail: true });
});
afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

interface Over {
  readonly at: string;
  readonly open: (page: Page) => Promise<void>;
  /** What has the focus before it is opened, and has it again. */
  readonly button?: RegExp;
}

/** Dialogs and menus, each opened by the keyboard. */
const overs = (): Readonly<Record<string, Over>> => ({
  palette: { at: "/", open: (page) => page.keyboard.press("Control+k") },
  settings: { at: "/", open: (page) => page.keyboard.press("Enter"), button: /^Settings/ },
  launch: { at: "/flows/daily-orders", open: (page) => page.keyboard.press("Enter"), button: /^Run$/ },
  rerun: { at: `/runs/${run}`, open: (page) => page.keyboard.press("Enter"), button: /^Rerun/ },
  "new-user": { at: "/manage/people", open: (page) => page.keyboard.press("Enter"), button: /^Add a user$/ },
  "new-secret": { at: "/manage/vault", open: (page) => page.keyboard.press("Enter"), button: /secret/ },
  "new-pool": { at: "/manage/pools", open: (page) => page.keyboard.press("Enter"), button: /^Add a pool$/ },
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`what stands over a page is read out, and gives the focus back, in the ${colorScheme} theme`, async () => {
    const troubles: string[] = [];
    const faults: string[] = [];
    const page = await openPage(opened.browser, { viewport: { width: 1280, height: 800 }, colorScheme }, troubles);
    await page.goto(project.url);
    await page.getByText("Latest runs").waitFor();
    for (const [name, { at, open, button }] of Object.entries(overs())) {
      await page.evaluate((to) => history.pushState(null, "", to), at);
      const opener = button === undefined ? undefined : page.getByRole("button", { name: button }).first();
      await opener?.focus();
      await open(page);
      const over = page.locator("[role=dialog], [role=menu]").first();
      await over.waitFor();
      const isIn = (): Promise<boolean> => over.evaluate((element) => element.contains(document.activeElement));
      await expect.poll(isIn, { message: `${name} has the focus` }).toBe(true);
      faults.push(...(await seriousOf(page)).map((each) => `${name}: ${each}`));
      await page.keyboard.press("Escape");
      await over.waitFor({ state: "detached" });
      if (opener === undefined) continue;
      const isBack = (): Promise<boolean> => opener.evaluate((element) => element === document.activeElement);
      await expect
        .poll(isBack, { timeout: 3_000 })
        .toBe(true)
        .catch(() => faults.push(`${name} does not give the focus back`));
    }
    expect({ faults, troubles }).toEqual({ faults: [], troubles: [] });
    await page.context().close();
  });
}

test("nothing is wider than the window at twice the size, and what has the focus is seen in the system's own colours", async () => {
  const faults: string[] = [];
  // Half the points of a laptop is what it has at 200 %.
  const zoomed = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2, forcedColors: "active" } as const;
  const page = await openPage(opened.browser, zoomed, faults);
  await page.goto(project.url);
  const places = ["/flows", "/runs", `/runs/${run}`, `/runs/${run}/tasks/fraud-score`, "/backfills", "/schedules"];
  for (const address of [...places, "/manage/pools", "/manage/people", "/approvals"]) {
    await page.evaluate((to) => history.pushState(null, "", to), address);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await expect.poll(() => page.url()).toContain(address);
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
      faults.push(`${address} is too wide`);
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === null || focused === document.body) return "nothing";
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      return outlineStyle !== "none" && outlineWidth !== "0px" ? "seen" : focused.outerHTML.slice(0, 120);
    });
    if (seen !== "seen") faults.push(`${address}: the focus is not seen on ${seen}`);
  }
  await keepScreenshot(page, "zoomed-forced-colours");
  expect(faults).toEqual([]);
  await page.context().close();
});
