// What the pages offer to whom: all of it is there for everybody, and says why where one may not.
import { type RouteName, routeOf } from "@millrace/contract";
import { matchesFlow, type Permission } from "@millrace/core";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage } from "./browser.ts";
import { OFFERS, type Offer, type Places } from "./offers.ts";
import { ServedProject } from "./served-project.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PASSWORD = "three blind mice";
const FLOWS = `import { approval, daily, flow, task, webhook } from "millrace";
import { z } from "zod";
const ends = (signal: AbortSignal) => new Promise((_resolve, reject) => { signal.addEventListener("abort", () => reject(signal.reason)); });
const load = task("load", async (_: {}, { partition, params, signal }) => {
  if (partition?.key === "2026-01-02") throw new Error("there is no file");
  if ((params as { hold?: boolean }).hold === true) await ends(signal);
});
const release = approval("release", { message: "Publish it?" });
const hooks = (names: string[]) => names.map((name) => webhook({ name, secret: null, params: () => ({}) }));
const partitions = daily({ start: "2026-01-01", timeZone: "UTC" });
export const orders = flow("sales/orders", { params: z.object({ hold: z.boolean().default(false) }), partitions, triggers: hooks(["webhook", "other"]) }, () => { load({}); });
export const train = flow("sales/train", () => { release(); });
`;
const CONFIG = `import { defineConfig, webhookAlert } from "millrace";
const to = webhookAlert({ url: "http://127.0.0.1:9/", privateNetwork: true });
export default defineConfig({ workers: 6, pools: { shop: 2 }, alerts: [{ name: "all", to, group: { quiet: 0 } }] });
`;
/** Who looks, and what they may. The last one may everything, and only for flows of one kind. */
const PEOPLE = {
  viewer: [{ role: "viewer", flows: "*" }],
  operator: [{ role: "operator", flows: "*" }],
  editor: [{ role: "editor", flows: "*" }],
  admin: [{ role: "admin", flows: "*" }],
  sales: [
    { role: "viewer", flows: "*" },
    { role: "admin", flows: "sales/*" },
  ],
  others: [
    { role: "viewer", flows: "*" },
    { role: "admin", flows: "salaries" },
  ],
} as const;
type Person = keyof typeof PEOPLE;

const FLOW = "sales/orders";
/** Of no flow: these take the permission for everything. */
const OF_FLOW = new Set(["flow", "run", "backfill", "body"]);

let project: ServedProject;
let opened: Opened;
let places: Places;

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject({ files: { "flows/sales.ts": FLOWS }, config: CONFIG });
  await project.start();
  opened = await openBrowser();
  places = await populate();
});
afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

/** Something that each act can be done to, and then the people: from there on one has to log in. */
async function populate(): Promise<Places> {
  const { client } = project;
  const backfill = async (keys: [string, string], params: Record<string, unknown>): Promise<string> => {
    const selection = { kind: "keys_between", from: keys[0], to: keys[1] } as const;
    const ask = { flow: FLOW, selection, params, maxActiveRuns: 1 };
    return (await client.call("createBackfill", { body: ask })).backfill;
  };
  const over = await project.runToEnd(FLOW);
  const paused = await backfill(["2026-01-02", "2026-01-09"], { hold: true });
  await client.call("pauseTrigger", { params: { flow: FLOW, trigger: "other" }, body: {} });
  for await (const { type, flow, run } of client.events({ after: 0, flow: FLOW })) {
    if (type === "run.finished" && flow === FLOW && run !== over) break;
  }
  await client.call("pauseBackfill", { params: { backfill: paused } });
  const running = await backfill(["2026-02-01", "2026-02-09"], { hold: true });
  const going = await client.flow(FLOW).run({ hold: true });
  const waiting = await client.flow("sales/train").run();
  for await (const { type } of client.events({ after: 0, run: waiting })) if (type === "task.deferred") break;
  await client.call("setPool", { params: { pool: "shop" }, body: { slots: 3 } });
  await client.call("setVariable", { params: { variable: "region" }, body: { value: "eu" } });
  await client.call("setSecret", { params: { secret: "token" }, body: { value: "not to be seen" } });
  await client.call("testAlertRule", { params: { rule: "all" } });
  const { token } = await client.call("createToken", {
    body: { name: "rest", user: null, grants: [{ role: "admin", flows: "*" }] },
  });
  const admin = project.clientWith(token);
  await admin.call("createUser", { body: { name: "gone", grants: [] } });
  await admin.call("disableUser", { params: { user: "gone" } });
  for (const [name, grants] of Object.entries(PEOPLE)) {
    await admin.call("createUser", { body: { name, password: PASSWORD, grants: [...grants] } });
  }
  return { flow: FLOW, over, paused, running, going, waiting };
}

async function openAs(person: Person, troubles: string[] = []): Promise<Page> {
  const page = await openPage(opened.browser, { viewport: { width: 1280, height: 800 } }, troubles);
  await page.context().addCookies([await project.logIn(person, PASSWORD)]);
  await page.goto(project.url);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  return page;
}

/** Goes there as a link does: nothing is loaded anew. */
async function go(page: Page, address: string): Promise<void> {
  await page.evaluate((to) => history.pushState(null, "", to), address);
}

test.for(Object.keys(PEOPLE) as Person[])(
  "the pages offer to %s what the server allows, and say why not",
  async (person) => {
    const troubles: string[] = [];
    const page = await openAs(person, troubles);
    const { permissions } = await page.evaluate(async () => (await fetch("/api/v1/me")).json());
    const offers = Object.entries(OFFERS).flatMap(([name, offer]) => {
      return typeof offer === "string" ? [] : [{ name: name as RouteName, offer, at: offer.at(places) }];
    });
    for (const { name, offer, at } of offers.sort((a, b) => a.at.localeCompare(b.at))) {
      const { permission, scope } = routeOf(name);
      const patterns: readonly string[] = permissions[permission] ?? [];
      const may = patterns.some((each) => (OF_FLOW.has(scope) ? matchesFlow(each, FLOW) : each === "*"));
      const reads = offer.reads === undefined || permissions[offer.reads]?.includes("*") === true;
      await go(page, at);
      const told = expect.poll(() => toldBy(page, offer, permission as Permission), { message: `${name} at ${at}` });
      await told.toBe(reads ? (may ? "may" : "refused") : `kept: ${offer.reads}`);
    }
    expect(troubles).toEqual([]);
    await page.context().close();
  },
);

/** What a page tells of an act. What it is done to may be nothing that one may see: then it says that. */
async function toldBy(page: Page, { name, reads }: Offer, permission: Permission): Promise<string> {
  const kept = page.getByText(`It takes the permission ${reads} for the whole project`);
  if (reads !== undefined && (await kept.count()) > 0) return `kept: ${reads}`;
  const told = await page.getByRole("button", { name }).evaluateAll(([button]) => {
    if (!(button instanceof HTMLButtonElement)) return undefined;
    return { off: button.getAttribute("aria-disabled"), reason: button.title, isDisabled: button.disabled };
  });
  if (told === undefined) return "not there";
  if (told.off !== "true") return told.isDisabled ? "off without a reason" : "may";
  return told.reason.includes(permission) ? "refused" : `refused: ${told.reason}`;
}

test("whoever tries all the same is told why: by the keyboard, by a shortcut, in the palette and by an address", async () => {
  const page = await openAs("viewer");
  const told = (permission: string): Locator =>
    page.getByRole("status").getByText(`You may not: it takes the permission ${permission} for ${FLOW}.`);
  await go(page, `/runs/${places.going}`);
  const cancel = page.getByRole("button", { name: "Cancel", exact: true });
  await cancel.focus();
  expect(await cancel.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("Enter");
  await told("run.cancel").waitFor();
  await keepScreenshot(page, "refused-laptop-light");
  await go(page, `/runs/${places.over}`);
  await page.getByText("Succeeded").first().waitFor();
  await page.keyboard.press("e");
  await told("run.start").waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search" }).fill("run this again");
  await page.getByRole("option", { name: /You may not: it takes the permission run.start/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Search" }).waitFor();
  await page.keyboard.press("Escape");
  await go(page, `/flows?launch=${encodeURIComponent(FLOW)}`);
  const run = page.getByRole("dialog").getByRole("button", { name: "Run", exact: true });
  await run.waitFor();
  expect(await run.getAttribute("title")).toContain("run.start");
  expect(await run.getAttribute("aria-disabled")).toBe("true");
  await page.context().close();
});
