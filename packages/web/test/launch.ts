// A headless browser that comes with npm, for tests and for benches.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as driver, type Page } from "playwright-core";

export { ensureBuilt } from "../scripts/built.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** With these a page would be allowed more than a browser of its readers allows it, or one crash would end all. */
const TOO_LOOSE = new Set([
  "--disable-web-security",
  "--allow-running-insecure-content",
  "--single-process",
  "--no-zygote",
]);

export interface Opened {
  readonly browser: Browser;
  close(): Promise<void>;
}

const PACKED = path.dirname(path.dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));

/** By its version, gone with the packages that are installed: to unpack it takes longer than to start it. */
function unpackedFolder(): string {
  const { version } = JSON.parse(readFileSync(path.join(PACKED, "package.json"), "utf8")) as { version: string };
  return path.resolve(import.meta.dirname, "../../../node_modules/.cache/millrace-browser", version);
}

/** The program, unpacked by whoever needs it first. */
async function unpacked(): Promise<string> {
  const folder = unpackedFolder();
  if (!existsSync(folder)) {
    // Beside, and then put in its place at once: others may look for it meanwhile.
    const next = `${folder}-${process.pid}`;
    mkdirSync(next, { recursive: true });
    await withTemporary(next, () => chromium.executablePath());
    try {
      renameSync(next, folder);
    } catch (error) {
      rmSync(next, { recursive: true, force: true });
      // Somebody else was quicker.
      if (!existsSync(folder)) throw error;
    }
  }
  return path.join(folder, "chromium");
}

/** What is temporary is put there. */
async function withTemporary<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    return await act();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

/**
 * Starts the browser. What it writes is in a folder that is removed with it.
 *
 * @param more arguments besides those that it is always started with.
 */
export async function openBrowser(more: readonly string[] = []): Promise<Opened> {
  const folder = mkdtempSync(path.join(tmpdir(), "browser-"));
  // Pages draw without a graphics card's help; one that is emulated costs more than all else that a browser does here.
  chromium.setGraphicsMode = false;
  const args = [...chromium.args.filter((arg) => !TOO_LOOSE.has(arg)), ...more];
  const executablePath = await unpacked();
  const browser = await withTemporary(folder, () => driver.launch({ args, executablePath, headless: true }));
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** What axe finds serious. The page's policy allows no script that is not the server's, so it comes in another way. */
export async function seriousOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    type Axe = {
      run(): Promise<{
        violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
      }>;
    };
    const holder = globalThis as unknown as { axe?: Axe };
    if (holder.axe === undefined) throw new Error("axe is not in the page");
    const { violations } = await holder.axe.run();
    return violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      where: nodes[0]?.html,
      why: nodes[0]?.failureSummary,
    }));
  });
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, where, why }) => `${id}: ${where} ${why}`);
}
