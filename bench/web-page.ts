// Pages of a real browser, and how long they take: from a navigation or a press to the frame that shows what it was for.
import { fileURLToPath } from "node:url";
import { openBrowser } from "@millrace/web/browser";
import type { Figure } from "./figures.ts";
import { median, quantile, say } from "./figures.ts";

export type Opened = Awaited<ReturnType<typeof openBrowser>>;
type Browser = Opened["browser"];
export type Page = Awaited<ReturnType<Browser["newPage"]>>;

const IN_PAGE = fileURLToPath(new URL("./web-in-page.js", import.meta.url));

/** A browser that has shown something already: how long the program itself takes to start is nobody's page. */
export async function warmBrowser(url: string): Promise<Opened> {
  const opened = await openBrowser();
  const page = await openPage(opened);
  await page.goto(url);
  await page.context().close();
  return opened;
}

/** A page with nothing in its cache, and with what tells moments in it. */
export async function openPage({ browser }: Opened): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  await context.addInitScript({ path: IN_PAGE });
  const page = await context.newPage();
  // A machine that is busy otherwise is slow, and no reason to measure nothing.
  page.setDefaultTimeout(120_000);
  return page;
}

/** Opens an address in a browser that has nothing of it, until something is drawn: an expression of the page says what. */
export async function openCold(opened: Opened, address: string, isThere: string): Promise<number> {
  const page = await openPage(opened);
  await page.addInitScript(`bench.open(() => ${isThere});`);
  await page.goto(address);
  const ms = await page.evaluate<number>("bench.opened");
  await page.context().close();
  return ms;
}

/** Repeats, and says how it went while it goes. */
export async function repeat(name: string, rounds: number, act: (round: number) => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await act(round));
  say(`${name}: ${times.map((ms) => ms.toFixed(0)).join(", ")} ms`);
  return times;
}

/** The median, which the goal is about, and the worst. */
export function inMs(name: string, times: readonly number[], goal: number | null): readonly Figure[] {
  return [
    { name: `${name}_ms`, value: median(times), unit: "ms", goal, better: "lower" },
    { name: `${name}_worst_ms`, value: quantile(times, 1), unit: "ms", goal: null, better: "lower" },
  ];
}
