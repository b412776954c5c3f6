// Graphs and timelines in a real browser: of a handful of tasks, of forty, and of a thousand.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { GRAPH_FLOWS } from "./graph-flows.ts";
import { ServedProject } from "./served-project.ts";

const LAPTOP = { viewport: { width: 1280, height: 800 } } as const;

let project: ServedProject;
let opened: Opened;
let run = "";

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject({ files: { "flows/graphs.ts": GRAPH_FLOWS } });
  await project.start();
  opened = await openBrowser();
  run = await project.runToEnd("orders-nightly");
});

afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

/** Opens a page, and hands in what is to be empty at its end. */
async function look(
  options: Parameters<typeof openPage>[1],
  act: (page: Page, found: string[]) => Promise<void>,
): Promise<void> {
  const found: string[] = [];
  const page = await openPage(opened.browser, options, found);
  await act(page, found);
  expect(found).toEqual([]);
  await page.context().close();
}

async function goTo(page: Page, address: string): Promise<void> {
  await page.goto(project.url + address);
  await page.locator("[data-drawn]").waitFor();
}

const graphOf = (page: Page) => page.getByRole("listbox", { name: "Graph of the tasks" });
const selected = (page: Page, name: RegExp) =>
  page.getByRole("option", { selected: true, name }).waitFor({ state: "attached" });

/** From now on keeps what changes in the frame of what is drawn, but for the canvases: they are not React's. */
async function watchChanges(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    const frame = document.querySelector("[data-drawn]")?.parentElement;
    new MutationObserver((changes) => {
      for (const { target, type } of changes) if (target.nodeName !== "CANVAS") seen.push(`${type} ${target.nodeName}`);
    }).observe(frame as Element, { subtree: true, childList: true, attributes: true, characterData: true });
  });
}

const changesOf = (page: Page) => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);

test("sixteen hundred tasks, placed by a worker: moving in them and pointing at them changes pixels, and nothing of the page", async () => {
  await look(LAPTOP, async (page) => {
    await goTo(page, "/flows/warehouse?tab=graph");
    await page.locator('[data-drawn="1600"]').waitFor();
    await keepScreenshot(page, "graph-1600-laptop-light");
    await watchChanges(page);
    for (let at = 0; at < 20; at += 1) await page.mouse.move(300 + at * 40, 420 + (at % 5) * 12);
    await page.mouse.wheel(60, 20);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -400);
    await page.keyboard.up("Control");
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect(await changesOf(page)).toEqual([]);
    // A task is found by a part of its name, brought into view, and selected; the address says so.
    await page.keyboard.press("/");
    await page.getByRole("combobox", { name: "Find a task" }).fill("layer-31-7");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.url()).toContain("task=layer-31-7");
    await selected(page, /^layer-31-7, after layer-30-7, layer-30-8, layer-30-12, before layer-32-7/);
    await keepScreenshot(page, "graph-1600-found-laptop-light");
  });
});

test("forty tasks: the keyboard and a screen reader go along edges, into groups and out of them", async () => {
  await look(LAPTOP, async (page, found) => {
    await goTo(page, `/runs/${run}`);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await keepScreenshot(page, `graph-40-laptop-${colorScheme}`);
      found.push(...(await seriousOf(page)));
    }
    await graphOf(page).focus();
    await page.keyboard.press("ArrowRight");
    await selected(page, /^extract-orders, Succeeded in .*, before clean\/orders, cleanup$/);
    await page.keyboard.press("ArrowRight");
    await selected(page, /^clean\/orders, Succeeded/);
    // What failed in a retry says how many tries it took, and a group says what became of its tasks.
    await page.keyboard.press("Backspace");
    await selected(page, /^clean, group, closed, 6 succeeded, after extract-orders/);
    expect(new URL(page.url()).searchParams.get("open")).not.toContain('"clean/"');
    await page.getByRole("complementary", { name: "clean" }).getByText("clean/orders").waitFor();
    await page.keyboard.press("Enter");
    await selected(page, /^clean, group, open/);
    await page.keyboard.press("v");
    await page.keyboard.press("x");
    await expect.poll(() => page.getByRole("option", { name: /closed/ }).count()).toBe(6);
    await keepScreenshot(page, "graph-40-closed-laptop-dark");
  });
});

test("only what comes before a task, so many tasks away; and the mapped tasks by the state of their items", async () => {
  await look(LAPTOP, async (page, found) => {
    await goTo(page, `/runs/${run}?task=report`);
    await page.keyboard.press("v");
    await page.keyboard.press("u");
    await page.getByRole("button", { name: "Before it", pressed: true }).waitFor();
    await expect.poll(() => page.getByRole("option", { name: /^(notify|summarise)/ }).count()).toBe(0);
    await page.getByLabel("How far").selectOption("1");
    await expect.poll(() => graphOf(page).getByRole("option").count()).toBe(5);
    await keepScreenshot(page, "graph-part-laptop-light");
    await goTo(page, `/runs/${run}?task=forecast`);
    await selected(page, /^forecast, map, 3 failed, 27 succeeded, after regions, before summarise$/);
    const panel = page.getByRole("complementary", { name: "forecast" });
    await panel.getByRole("button", { name: "Failed 3" }).click();
    await expect.poll(() => panel.getByRole("listitem").count()).toBe(3);
    await keepScreenshot(page, "graph-items-laptop-light");
    found.push(...(await seriousOf(page)));
    await panel.getByRole("link", { name: /forecast\[7\]/ }).click();
    await page.getByText("no data for region 7").first().waitFor();
  });
});

test("the critical path is marked in the graph and in the timeline, which says in words what it shows", async () => {
  await look(LAPTOP, async (page, found) => {
    await goTo(page, `/runs/${run}`);
    await page.keyboard.press("v");
    await page.keyboard.press("c");
    const path = page.getByRole("region", { name: "Critical path" });
    await path.getByText(/^Critical path .* of /).waitFor();
    await keepScreenshot(page, "graph-critical-laptop-light");
    await page.getByRole("link", { name: "Timeline" }).click();
    await path.waitFor();
    await page.locator("[data-drawn]").waitFor();
    const tree = page.getByRole("tree", { name: "Timeline" });
    await tree
      .getByRole("treeitem", { name: /extract-payments, Succeeded, .*ran .*, between tries .*, 2 attempts$/ })
      .waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await keepScreenshot(page, `timeline-laptop-${colorScheme}`);
      found.push(...(await seriousOf(page)));
    }
    await tree.focus();
    await page.keyboard.press("End");
    // From the end back up to the mapped task, and into its items.
    const forecast = tree.getByRole("treeitem", { name: "forecast[] 30, 3 failed, 27 succeeded" });
    const steps =
      Number(await forecast.getAttribute("aria-setsize")) - Number(await forecast.getAttribute("aria-posinset"));
    for (let step = 0; step < steps; step += 1) await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowRight");
    await tree.getByRole("treeitem", { name: /^forecast\[0\], Succeeded/ }).waitFor();
    expect(decodeURIComponent(page.url())).toContain('unfold=["forecast[]"]');
    // What the pointer is on is told at once.
    await page.mouse.move(700, 400);
    await page.mouse.move(720, 404);
    await page.getByRole("button", { name: "Slowest first" }).click();
    await expect.poll(() => page.url()).toContain("order=slowest");
    await keepScreenshot(page, "timeline-unfolded-laptop-dark");
  });
});

test("while a run goes on its timeline grows, and nothing of the page changes for it", async () => {
  await look(LAPTOP, async (page) => {
    const endless = await project.client.flow("endless").run();
    await goTo(page, `/runs/${endless}?tab=timeline`);
    await page.getByRole("treeitem", { name: /^patience, Running, .*ran / }).waitFor();
    const picture = () =>
      page.locator("[data-drawn] canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    // What is still being loaded may change the page once more; from then on it is the picture alone.
    const changesWhileItGrows = async (): Promise<readonly string[]> => {
      await watchChanges(page);
      const before = await picture();
      await expect.poll(picture).not.toBe(before);
      return await changesOf(page);
    };
    await expect.poll(changesWhileItGrows).toEqual([]);
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await page.getByRole("treeitem", { name: /^patience, Cancelled/ }).waitFor();
  });
});

test("a branch, and the forty tasks on a phone", async () => {
  await look({ viewport: { width: 390, height: 844 } }, async (page, found) => {
    await goTo(page, "/flows/by-size?tab=graph");
    await page.getByRole("option", { name: /^choose, branch, open/ }).waitFor();
    await keepScreenshot(page, "graph-branch-phone-light");
    await goTo(page, `/runs/${run}?tab=timeline`);
    await keepScreenshot(page, "timeline-phone-light");
    await goTo(page, `/runs/${run}?task=forecast`);
    await page.emulateMedia({ colorScheme: "dark" });
    await keepScreenshot(page, "graph-40-phone-dark");
    found.push(...(await seriousOf(page)));
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  });
});
