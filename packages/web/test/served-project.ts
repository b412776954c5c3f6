// A project that the real command line serves, for pages to be looked at.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { connect } from "@millrace/client";
import { MILLRACE, OURS, ROOT } from "../../../test/setup/installed.ts";

const INSTALLED = { millrace: OURS.millrace, zod: path.join(ROOT, "node_modules/zod") };

const FLOWS = `import { approval, cron, daily, flow, task, webhook } from "millrace";
import { z } from "zod";

const extract = task("extract", ({ rows }: { rows: number }, { log }) => {
  for (let page = 1; page <= 60; page += 1) log.info(\`page \${page} of 60\`, { rows });
  log.warn("three orders have no currency");
  return rows;
});
const rates = task("exchange-rates", () => 32);
const score = task("fraud-score", ({ rows, fail }: { rows: number; fail: boolean }, { log }) => {
  if (!fail) return rows;
  log.error("the model server answered 503");
  throw new Error("the model server is away");
});
const publish = task("publish", ({ scored, rates }: { scored: number; rates: number }) => scored * rates);
export const orders = flow("daily-orders", {
  description: "Orders of the day, in euros, without fraud",
  owner: "commerce",
  tags: ["orders"],
  schedule: cron("0 6 * * *", { timeZone: "Europe/Zurich" }),
  params: z.object({
    region: z.enum(["eu", "us"]).default("eu").describe("Whose orders"),
    rows: z.int().min(1).max(100_000).default(400).describe("How many at most"),
    fail: z.boolean().default(false).describe("Let the model be away"),
  }),
}, ({ params }) => publish({ scored: score({ rows: extract({ rows: params.rows }), fail: params.fail }), rates: rates({}) }));

const list = task("list-airports", () => ["ZRH", "GVA", "JFK", "SYD"]);
const card = task("card", ({ code }: { code: string }) => { if (code === "SYD") throw new Error("no weather for SYD"); return code; });
export const cards = flow("airport-cards", { description: "A card for each airport" }, () => {
  card.each(list({}), (code) => ({ code }));
});

const release = approval("release", { message: "Publish release 4.2 to customers?" });
export const train = flow("release-train", { description: "Asks before it publishes" }, () => { release(); });

const wait = task("crunch", async (_: {}, { log, signal }) => {
  log.info("begun");
  await new Promise((_resolve, reject) => { signal.addEventListener("abort", () => reject(signal.reason)); });
});
export const crunch = flow("number-crunch", { description: "Runs until it is cancelled" }, () => { wait({}); });

const load = task("load", (_: {}, { partition }) => {
  if (partition?.key.endsWith("-13")) throw new Error("no file for this day");
  return partition?.key;
});
export const sales = flow("sales", {
  description: "Sales of each day",
  partitions: daily({ start: "2026-01-01", timeZone: "Europe/Zurich" }),
  triggers: webhook({ secret: null, params: () => ({}) }),
}, () => { load({}); });
`;

const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({ workers: 2 });\n';

interface ServedOptions {
  /** Files of the project by their paths in it. Defaults to `flows/orders.ts`, with the flows that most tests look at. */
  readonly files?: Readonly<Record<string, string>>;
  /** What `millrace.config.ts` holds. Defaults to two workers. */
  readonly config?: string;
  /** How the server is started: `dev` reads the flows again when a file changes. Defaults to `server`. */
  readonly command?: "server" | "dev";
}

/** A project in a folder of its own, and the server that serves it. */
export class ServedProject {
  readonly #dir = mkdtempSync(path.join(tmpdir(), "web-"));
  readonly #command: "server" | "dev";
  #server: ChildProcess | undefined;
  readonly #workers: ChildProcess[] = [];
  url = "";

  constructor({ files = { "flows/orders.ts": FLOWS }, config = CONFIG, command = "server" }: ServedOptions = {}) {
    this.#command = command;
    const modules = path.join(this.#dir, "node_modules");
    mkdirSync(modules);
    for (const [name, from] of Object.entries(INSTALLED)) symlinkSync(from, path.join(modules, name));
    this.write("package.json", '{ "name": "seen", "private": true, "type": "module" }');
    this.write("millrace.config.ts", config);
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** Writes a file of the project, or writes it anew. */
  write(name: string, text: string): void {
    const file = path.join(this.#dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  get client() {
    return connect({ url: this.url });
  }

  clientWith(token: string) {
    return connect({ url: this.url, token });
  }

  /** A new session of a user, as the cookie that a browser keeps of it. */
  async logIn(name: string, password: string): Promise<{ name: string; value: string; url: string }> {
    const headers = { "content-type": "application/json", origin: this.url };
    const body = JSON.stringify({ name, password });
    const response = await fetch(`${this.url}/api/v1/login`, { method: "POST", headers, body });
    const [, cookie, value] = /^([^=]+)=([^;]+)/.exec(response.headers.get("set-cookie") ?? "") ?? [];
    if (cookie === undefined || value === undefined) throw new Error(`Nobody was let in: ${response.status}`);
    return { name: cookie, value, url: this.url };
  }

  /** Starts the server, on the port that it had before if it had one. */
  async start(): Promise<void> {
    const port = this.url === "" ? "0" : new URL(this.url).port;
    const { child, found } = this.#spawn(
      [this.#command, "--port", port],
      /(?:listening|millrace dev)\s+(http:\/\/[\d.]+:\d+)/,
    );
    this.#server = child;
    this.url = await found;
  }

  /** Starts a worker in a process of its own, and waits until the server has taken it. */
  async startWorker(options: readonly string[]): Promise<void> {
    const { child, found } = this.#spawn(["worker", "--server", this.url, ...options], /connected\s+(http:\S+)/);
    this.#workers.push(child);
    await found;
  }

  /** Starts the command line in the project. @param said the line that is waited for, with what is wanted of it. */
  #spawn(line: readonly string[], said: RegExp): { readonly child: ChildProcess; readonly found: Promise<string> } {
    const [program, ...rest] = [...MILLRACE, ...line];
    const child = spawn(program, rest, { cwd: this.#dir, stdio: ["ignore", "pipe", "pipe"] });
    const lines: string[] = [];
    const found = Promise.withResolvers<string>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (text) => {
        lines.push(text);
        const [, wanted] = said.exec(text) ?? [];
        if (wanted !== undefined) found.resolve(wanted);
      });
    }
    child.once("exit", () => found.reject(new Error(`It ended:\n${lines.join("\n")}`)));
    return { child, found: found.promise };
  }

  /** Ends the server, at once or as it likes. */
  async stop(signal: "SIGKILL" | "SIGTERM" = "SIGTERM"): Promise<void> {
    await end(this.#server, signal);
  }

  /** Runs a flow and waits for its end. */
  async runToEnd(flow: string, params: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const run = await this.client.flow(flow).run(params);
    await this.client.runs.whenEnded(run);
    return run;
  }

  async remove(): Promise<void> {
    for (const worker of this.#workers) await end(worker, "SIGTERM");
    await this.stop("SIGKILL");
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function end(child: ChildProcess | undefined, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
