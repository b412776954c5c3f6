// `npm run pictures`: the pictures of the web UI in `docs/pictures/`, of a project with a past that a real server serves.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { connect } from "@millrace/client";
import { ensureBuilt, type Opened, openBrowser } from "../packages/web/test/launch.ts";
import { seed } from "./seed/fill.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const PICTURES = path.join(ROOT, "docs/pictures");
const SIZE = { width: 1280, height: 800 };
/** Enough for a day of the strip and a screen of the grid. */
const RUNS = 400;

/** What a picture is of: where it is, and what is there once all has been read. */
interface Screen {
  readonly name: string;
  readonly address: string;
  readonly shows: string;
}

/** Serves the project as a user would. */
async function serve(dir: string): Promise<{ readonly url: string; readonly server: ChildProcess }> {
  const launcher = path.join(ROOT, "packages/cli/bin/millrace.js");
  const server = spawn(process.execPath, [launcher, "server", "--port", "0"], {
    cwd: dir,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface(server.stdout)) {
    const [, url] = /listening\s+(http:\/\/[\d.]+:\d+)/.exec(line) ?? [];
    if (url !== undefined) return { url, server };
  }
  throw new Error("the server ended before it listened");
}

/** The overview, a flow's grid, the graph of a run that failed, and the task that did. */
async function screensOf(url: string): Promise<readonly Screen[]> {
  const client = connect({ url });
  const { items } = await client.call("listRuns", { query: { state: "failed", limit: 200 } });
  const failed = items.find(({ flow }) => flow.startsWith("orders/"));
  if (failed === undefined) throw new Error("no run of orders failed in the past that was made");
  const tasks = await client.call("listTaskRuns", { params: { run: failed.id }, query: { state: "failed" } });
  // A branch or a map fails with what is in it, and has no log.
  const task = tasks.items.find(({ tries }) => tries > 0)?.task;
  if (task === undefined) throw new Error("no task failed in that run");
  return [
    { name: "overview", address: "/", shows: "The last 24 hours" },
    { name: "grid", address: `/flows/${encodeURIComponent(failed.flow)}`, shows: "Last runs" },
    { name: "run", address: `/runs/${failed.id}?task=${task}`, shows: "Log and details" },
    { name: "task", address: `/runs/${failed.id}/tasks/${task}`, shows: "Why it failed" },
  ];
}

async function take({ browser }: Opened, url: string, theme: "light" | "dark"): Promise<void> {
  const context = await browser.newContext({ viewport: SIZE, colorScheme: theme, reducedMotion: "reduce" });
  const page = await context.newPage();
  for (const { name, address, shows } of await screensOf(url)) {
    await page.goto(`${url}${address}`);
    await page.getByText(shows).or(page.getByLabel(shows)).first().waitFor();
    // The stream of events stays open, so the network is never idle: what is read has been drawn when nothing loads.
    const loading = page.getByLabel("Loading");
    while ((await loading.count()) > 0) await loading.first().waitFor({ state: "detached" });
    await page.screenshot({ path: path.join(PICTURES, `${name}-${theme}.png`), animations: "disabled" });
    process.stdout.write(`docs/pictures/${name}-${theme}.png\n`);
  }
  await context.close();
}

const dir = mkdtempSync(path.join(tmpdir(), "pictures-"));
try {
  mkdirSync(PICTURES, { recursive: true });
  await Promise.all([ensureBuilt(), seed({ dir, runs: RUNS, tasks: 60, logMb: 0 })]);
  const { url, server } = await serve(dir);
  const opened = await openBrowser();
  try {
    for (const theme of ["light", "dark"] as const) await take(opened, url, theme);
  } finally {
    await opened.close();
    server.kill("SIGTERM");
    await once(server, "exit");
  }
} finally {
  rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
