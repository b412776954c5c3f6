// Pages in a headless browser, as tests look at them.
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

export { ensureBuilt, type Opened, openBrowser, seriousOf } from "./launch.ts";

const SCREENSHOTS = path.join(import.meta.dirname, "screenshots");

/** A page that fails the test when it says that something is wrong: an error, or what its policy forbids. */
export async function openPage(browser: Browser, options: BrowserContextOptions, troubles: string[]): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => troubles.push(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text());
  });
  page.on("response", (response) => {
    if (response.status() >= 500) troubles.push(`${response.status()} ${response.url()}`);
  });
  return page;
}

/** Keeps what the page looks like, for people. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const picture = await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), animations: "disabled" });
  expect(picture.byteLength).toBeGreaterThan(4_000);
}
