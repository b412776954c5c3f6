// A page in a browser, with somebody logged in, that tells of whatever a script of somebody else's would do.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { openBrowser } from "@millrace/web/browser";

type Browser = Awaited<ReturnType<typeof openBrowser>>["browser"];
export type Page = Awaited<ReturnType<Browser["newPage"]>>;
export type Context = Awaited<ReturnType<Browser["newContext"]>>;

const fixture = (name: string): string => readFileSync(path.join(import.meta.dirname, "fixtures", name), "utf8");
const [WATCH, INSPECT, LINKS, IS_SETTLED] = ["watch.js", "inspect.js", "links.js", "is-settled.js"].map(fixture);
/** What is followed has no end. */
const STREAMS = /\/(?:events|log)(?:\?|$)/;
/** A page that shows nothing after this long is looked at as it is. */
const PATIENCE_MS = 5_000;

/** Signs by what they are of, with where they were seen. */
export interface Signs {
  readonly scripts: string[];
  readonly violations: string[];
  readonly navigations: string[];
  readonly elsewhere: string[];
  readonly markup: string[];
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly url: string;
}

export class WatchedPage {
  readonly page: Page;
  /** The payloads that stood on some page as text. */
  readonly shown = new Set<number>();
  /** How often there were any. */
  screensWith = 0;
  readonly #own: string;
  readonly #signs: Signs;
  readonly #asked = new Set<unknown>();
  /** Where the page is meant to be, for what is told of it. */
  #at = "";

  private constructor(page: Page, own: string, signs: Signs) {
    this.page = page;
    this.#own = own;
    this.#signs = signs;
  }

  static async open(context: Context, cookie: Cookie, signs: Signs): Promise<WatchedPage> {
    await context.addCookies([{ ...cookie, httpOnly: true, sameSite: "Strict" }]);
    const page = await context.newPage();
    const watched = new WatchedPage(page, new URL(cookie.url).origin, signs);
    await watched.#watch();
    return watched;
  }

  /** Goes somewhere within the page, as its links do, and looks at what is there. Gives where that leads. */
  async visit(address: string): Promise<readonly string[]> {
    this.#at = address;
    const { page } = this;
    const isThere = page.url().startsWith(this.#own);
    if (isThere) await page.evaluate(`history.pushState(null, "", ${JSON.stringify(address)})`);
    else await page.goto(this.#own + address);
    await this.settle();
    await this.look();
    return (await page.evaluate(LINKS ?? "")) as readonly string[];
  }

  /** Loads an address anew, as somebody does who was sent it. */
  async open(address: string): Promise<void> {
    this.#at = address;
    await this.page.goto(this.#own + address);
    await this.settle();
    await this.look();
  }

  /** Writes into each field in which one searches. Gives how many there were. */
  async search(text: string): Promise<number> {
    const fields = await this.page.locator("input[type=search]:visible, [role=searchbox]:visible").all();
    for (const field of fields) await field.fill(text);
    if (fields.length > 0) await this.look();
    return fields.length;
  }

  /** Resolves when the page shows what it has to show: nothing is on its way, and nothing changes any more. */
  async settle(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    for (let quiet = 0; quiet < 2 && performance.now() < until; ) {
      const isQuiet = (await this.page.evaluate(IS_SETTLED ?? "")) === true;
      quiet = isQuiet && this.#asked.size === 0 ? quiet + 1 : 0;
    }
  }

  async look(): Promise<void> {
    const { found, shown } = (await this.page.evaluate(INSPECT ?? "")) as {
      readonly found: readonly string[];
      readonly shown: readonly number[];
    };
    for (const payload of shown) this.shown.add(payload);
    if (shown.length > 0) this.screensWith += 1;
    this.#signs.markup.push(...found.map((each) => `${this.#at}: ${each}`));
  }

  async #watch(): Promise<void> {
    const { page } = this;
    const signs = this.#signs;
    await page.exposeFunction("tellTest", (kind: "script" | "violation", text: string) => {
      signs[kind === "script" ? "scripts" : "violations"].push(`${this.#at}: ${text}`);
    });
    await page.addInitScript(WATCH ?? "");
    page.on("dialog", (dialog) => {
      signs.scripts.push(`${this.#at}: a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("popup", (popup) => signs.navigations.push(`${this.#at}: a window at ${popup.url()}`));
    page.on("console", (message) => {
      if (/content security policy/i.test(message.text())) signs.violations.push(`${this.#at}: ${message.text()}`);
    });
    page.on("framenavigated", (frame) => {
      const isOurs = frame.url().startsWith(this.#own) || frame.url() === "about:blank";
      if (!isOurs || frame.parentFrame() !== null) signs.navigations.push(`${this.#at}: to ${frame.url()}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(this.#own)) signs.elsewhere.push(`${this.#at}: ${request.url()}`);
      if (!STREAMS.test(request.url())) this.#asked.add(request);
    });
    page.on("requestfinished", (request) => this.#asked.delete(request));
    page.on("requestfailed", (request) => this.#asked.delete(request));
  }
}
