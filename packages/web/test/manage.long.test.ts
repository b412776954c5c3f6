// What waits for people, what runs by itself, the past, and the project itself: in a real browser, against a real server.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

const FLOWS = `import { approval, cron, daily, flow, product, sensor, shell, secret, sql, staticPartitions, task, hourly, webhook } from "millrace";
import { z } from "zod";

const figures = task("figures", () => ({ rows: 48_112, revenue: 1_204_339.5, rejected: 3 }));
const release = approval("release", {
  message: "Publish the figures of March to customers?",
  timeout: "8h",
  onTimeout: "reject",
  onReject: "continue",
});
export const train = flow("release-train", {
  description: "Asks before it publishes",
  params: z.object({ month: z.string().default("2026-03"), channel: z.enum(["beta", "stable"]).default("beta") }),
}, () => { release.after(figures({}))(); });
const refund = approval("refund", { message: "Refund more than 10,000 francs to one customer?" });
export const refunds = flow("refunds", () => { refund(); });

const rows = task("rows", ({ day }: { day: string }) => day);
export const nightly = flow("nightly", {
  owner: "finance",
  schedule: cron("30 2 * * *", { timeZone: "Europe/Zurich", catchup: "newest" }),
  params: z.object({ day: z.string().default("today") }),
}, ({ params }) => { rows({ day: params.day }); });

export const inbox = flow("inbox", {
  params: z.object({ orders: z.int().min(1) }),
  triggers: [
    webhook({ secret: null, params: ({ body }) => body as { orders: number } }),
    sensor("mailbox", { every: "1h" }, () => ({ runs: [{ runKey: "mail-7", params: { orders: 7 } }], cursor: 7 })),
  ],
}, ({ params }) => { rows({ day: "of the inbox" }); });

export const shops = flow("shops", {
  description: "Takings of each shop and day",
  partitions: product({ shop: staticPartitions(["bern", "basel", "zug"]), day: daily({ start: "2026-01-01" }) }),
}, () => { rows({ day: "x" }); });
export const hours = flow("hours", { partitions: hourly({ start: "2025-01-01T00:00" }) }, () => { rows({ day: "x" }); });

const hold = task("hold", { pool: "printer" }, async (_: {}, { signal }) => {
  await new Promise((_resolve, reject) => { signal.addEventListener("abort", () => reject(signal.reason)); });
});
export const printing = flow("printing", () => { hold({}); });
export const labels = flow("labels", { partitions: daily({ start: "2026-01-01" }) }, () => { hold({}); });

const upload = shell("upload", { command: "true", env: { TOKEN: secret("shop-token"), KEY: secret("upload-key") } });
const count = sql("count", { connection: "warehouse", query: "select 1 as n" });
export const deliver = flow("deliver", () => { upload.after(count())(); });
`;

const CONFIG = `import { defineConfig, sqlite } from "millrace";
export default defineConfig({
  workers: 3,
  pools: { printer: { slots: 1, rateLimit: { limit: 100, per: "1m" } } },
  connections: { warehouse: sqlite({ path: "./shop.db" }), archive: sqlite({ path: "./old.db" }) },
});
`;

const LAPTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
vi.setConfig({ testTimeout: 60_000 });

let project: ServedProject;
let opened: Opened;
const troubles: string[] = [];
const violations: string[] = [];

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject({ files: { "flows/all.ts": FLOWS }, config: CONFIG });
  await project.start();
  opened = await openBrowser();
});

afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

/** Keeps what a screen looks like in light on a laptop and in dark on a phone, and what axe says of it in each. */
async function look(page: Page, name: string): Promise<void> {
  const keep = async (place: string): Promise<void> => {
    await keepScreenshot(page, `${name}-${place}`);
    violations.push(...(await seriousOf(page)).map((each) => `${name}, ${place}: ${each}`));
  };
  await keep("laptop-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize(PHONE);
  await keep("phone-dark");
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (isWide) violations.push(`${name}: wider than a phone`);
  await page.setViewportSize(LAPTOP);
  await page.emulateMedia({ colorScheme: "light" });
}

async function onPage(act: (page: Page) => Promise<void>): Promise<void> {
  const page = await openPage(opened.browser, { viewport: LAPTOP }, troubles);
  await act(page);
  await page.context().close();
  expect({ violations, troubles }).toEqual({ violations: [], troubles: [] });
}

test("all that waits for a person stands in one place, and what was said stays", () =>
  onPage(async (page) => {
    await page.goto(`${project.url}/approvals`);
    await page.getByText("Nothing waits for a person").waitFor();
    const run = await project.client.flow("release-train").run();
    // It comes by itself, and the bar at the side counts it.
    const card = page.getByRole("region", { name: /Publish the figures of March/ });
    await card.waitFor();
    await project.client.flow("refunds").run();
    await page.getByRole("link", { name: "Approvals 2 waiting" }).waitFor();
    await card.getByText("What figures gave").click();
    await card.getByText('"rows": 48112').waitFor();
    await look(page, "approvals");
    await card.getByLabel("Comment on").fill("March is not closed yet");
    await card.getByRole("button", { name: "Reject" }).click();
    await card.waitFor({ state: "detached" });
    await project.client.runs.whenEnded(run);
    await page.getByRole("link", { name: "Decided" }).click();
    await page.getByRole("row", { name: /Rejected Publish the figures of March .* March is not closed yet/ }).waitFor();
    await look(page, "decisions");
  }));

test("a schedule says what it would do, also where the clock is set; a trigger is tried without a run", () =>
  onPage(async (page) => {
    await page.goto(`${project.url}/schedules/nightly/default`);
    await page.getByText("flows/all.ts:").waitFor();
    await page.getByLabel("As of").fill("2026-03-27T12:00");
    await page.getByRole("row", { name: /Sun 2026-03-29 03:30 .* The clock goes over 02:30 on that day/ }).waitFor();
    await look(page, "schedule-dry-run");
    await page.getByLabel("As if in the time zone").fill("UTC");
    await page.getByRole("row", { name: /Sun 2026-03-29 02:30/ }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByLabel("Why").fill("the bank moves");
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByText("the bank moves").waitFor();
    await page.getByText("No tick was missed so far.").waitFor();
    await page.goto(`${project.url}/schedules/inbox/mailbox`);
    await page.getByRole("button", { name: "Poll once" }).click();
    await page
      .getByText(/of mail-7/)
      .first()
      .waitFor();
    await page.goto(`${project.url}/schedules/inbox/webhook`);
    await page.getByLabel("Payload, as JSON").fill('{ "orders": 12 }');
    await page.getByRole("button", { name: "Try" }).click();
    await page.getByText("It would make a run").waitFor();
    await page.getByLabel("Payload, as JSON").fill('{ "orders": 0 }');
    await page.getByRole("button", { name: "Try" }).click();
    await page.getByText(/^No run: /).waitFor();
    await look(page, "trigger-dry-run");
    expect((await project.client.call("listRuns", { query: { flow: "inbox" } })).items.length).toBeLessThanOrEqual(1);
  }));

test("a week is backfilled in a few clicks, and two dimensions are rows and columns", () =>
  onPage(async (page) => {
    await page.goto(`${project.url}/backfills/new?flow=shops`);
    await page.getByRole("button", { name: "Last 7 days" }).click();
    await page.getByRole("button", { name: "Begin 21 runs" }).click();
    await page.getByText("21 succeeded", { exact: true }).waitFor();
    const matrix = page.getByRole("application", { name: /^Matrix of 21 partitions/ });
    await matrix.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.getByText(/^basel\|\d{4}-\d\d-\d\d: Succeeded, made/).waitFor();
    await look(page, "backfill-matrix");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /^shops/ }).waitFor();
    await page.goto(`${project.url}/backfills/new?flow=shops`);
    await page.getByRole("button", { name: "Last 30 days" }).click();
    await page.getByText("21 left out: they ran before").waitFor();
    await page.getByText("What ran before, and what becomes of it").click();
    await page
      .getByRole("row", { name: /^zug\|.* Succeeded left out$/ })
      .first()
      .waitFor();
    await look(page, "backfill-plan");
  }));

test("a backfill goes faster when it is told to, and says what cancelling it would stop", () =>
  onPage(async (page) => {
    const selection = { kind: "keys_between", from: "2026-01-01", to: "2026-01-05" } as const;
    const { backfill } = await project.client.backfill({ flow: "labels", selection, maxActiveRuns: 1 });
    await page.goto(`${project.url}/backfills/${backfill}`);
    await page.getByText("1; the others wait: 1 at once").waitFor();
    await page.getByRole("button", { name: "Change runs at once" }).click();
    await page.getByRole("spinbutton", { name: "Runs under way at once" }).fill("3");
    await page.getByText(/^Up to 2 more can start at once\. /).waitFor();
    await look(page, "backfill-pace");
    await page.getByRole("button", { name: "Set to 3" }).click();
    await page.getByText("3; the others wait: 3 at once").waitFor();
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByText("2026-01-01, 2026-01-02, 2026-01-03", { exact: true }).waitFor();
    await look(page, "backfill-cancel");
    await page.getByRole("button", { name: "Cancel the backfill" }).click();
    await page.getByText("3 cancelled, 2 to come").waitFor();
    await page.getByRole("button", { name: "Retry 3 failed" }).click();
    await page.getByText("3 runs repeated, 2 runs to make").waitFor();
  }));

test("a pool says who waits and why, the vault what is missing, and the record who changed what", () =>
  onPage(async (page) => {
    const [first, second] = await Promise.all([1, 2].map(() => project.client.flow("printing").run()));
    await page.goto(`${project.url}/manage/pools`);
    await page
      .getByRole("cell", { name: /^waits for a slot: 1 of 1 of the pool printer are taken, by hold/ })
      .waitFor();
    await page.getByText(/at most 100 start in 1 min · /).waitFor();
    await page.getByRole("link", { name: "hold" }).first().waitFor();
    await look(page, "pools-line");
    await page.getByRole("button", { name: "Set size of printer" }).click();
    await page.getByRole("spinbutton", { name: "Slots" }).fill("2");
    await page.getByText("Of the 1 that wait, up to 1 can start at once.").waitFor();
    await page.getByRole("button", { name: "Set size", exact: true }).click();
    await page.getByText("2 of 2 slots in use").waitFor();
    for (const run of [first, second]) await project.client.call("cancelRun", { params: { run: run ?? "" } });
    await project.startWorker(["--name", "press", "--workers", "2", "--label", "paper=a4"]);
    await page.getByRole("button", { name: "Read again" }).click();
    await page.getByRole("row", { name: /^press .*Takes attempts nothing paper=a4 .* 0 of 2 Drain/ }).waitFor();
    await page.getByRole("button", { name: "Drain press" }).click();
    await page.getByText("It is given nothing new. Nothing runs there now.").waitFor();
    await look(page, "worker-drain");
    await page.getByRole("button", { name: "Drain", exact: true }).click();
    await page.getByRole("row", { name: /^press .* Drained/ }).waitFor();
    await look(page, "workers");
    await page.getByRole("button", { name: "Undrain press" }).click();
    await page.getByRole("row", { name: /^press .* Takes attempts/ }).waitFor();
    await page.goto(`${project.url}/manage/vault`);
    await page.getByText("upload-key is missing: what reads it fails.").waitFor();
    await page.getByRole("button", { name: "Set shop-token" }).click();
    await page.getByLabel("Value").fill("hunter2-hunter2");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByRole("row", { name: /shop-token .*deliver: upload/ }).waitFor();
    await page.getByRole("row", { name: /warehouse sqlite deliver: count/ }).waitFor();
    expect(await page.content()).not.toContain("hunter2");
    await look(page, "vault-used-by");
    await page.goto(`${project.url}/manage/audit?action=setPool`);
    const record = page.getByRole("table", { name: "Record of changes" });
    await record.getByText("Set a pool").click();
    expect(await record.getByText("Set a secret").count()).toBe(0);
    await look(page, "audit-filtered");
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download as CSV" }).click();
    expect((await downloading).suggestedFilename()).toBe("audit.csv");
    await page.getByLabel("Until", { exact: true }).fill("2020-01-01T00:00");
    await page.getByText("Nothing like that").waitFor();
  }));

/** The last one: from then on everybody is asked who they are. */
test("what somebody may do is said, and who may not decide reads why", () =>
  onPage(async (page) => {
    const password = "three blind mice";
    const logIn = async (name: string): Promise<void> => {
      await page.getByRole("textbox", { name: "Name" }).fill(name);
      await page.getByRole("textbox", { name: "Password" }).fill(password);
      await page.getByRole("button", { name: "Log in" }).click();
    };
    await project.client.flow("refunds").run();
    const grants = (role: "admin" | "viewer") => [{ role, flows: "*" }];
    await project.client.call("createUser", { body: { name: "ana", password, grants: grants("admin") } });
    await page.goto(`${project.url}/manage/people`);
    await logIn("ana");
    await page.getByRole("button", { name: "Add a user" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("vic");
    await page.getByRole("textbox", { name: "Password" }).fill(password);
    await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("button", { name: "What may vic do?" }).click();
    await page.getByRole("row", { name: /may not approve and reject .* takes operator/ }).waitFor();
    await look(page, "rights");
    await page.context().clearCookies();
    await page.goto(`${project.url}/approvals`);
    await logIn("vic");
    await page.getByText("You may not: it takes the permission approval.decide for refunds.").first().waitFor();
    await page.getByText("ana", { exact: true }).first().waitFor();
    expect(
      await page
        .getByRole("button", { name: /^Approve: Refund/ })
        .first()
        .isDisabled(),
    ).toBe(true);
    // A browser writes down each answer that refuses.
    troubles.splice(0, troubles.length, ...troubles.filter((text) => !text.includes("401")));
  }));
