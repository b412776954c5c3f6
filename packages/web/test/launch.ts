// A headless browser that comes with npm, for tests and for benches.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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

/**
 * Starts the browser. It unpacks itself into a folder that is removed with it.
 *
 * @param more arguments besides those that it is always started with.
 */
export async function openBrowser(more: readonly string[] = []): Promise<Opened> {
  const folder = mkdtempSync(path.join(tmpdir(), "browser-"));
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  // Pages draw without a graphics card's help; one that is emulated costs more than all else that a browser does here.
  chromium.setGraphicsMode = false;
  const browser = await driver.launch({
    args: [...chromium.args.filter((arg) => !TOO_LOOSE.has(arg)), ...more],
    executablePath: await chromium.executablePath(),
    headless: true,
  });
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
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
