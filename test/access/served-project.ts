// A project with people in it, and its API on a port of this process.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { type CredentialRow, type Grant, parseGrant, type RunId } from "@millrace/core";
import { HookServer, openRuntime, People, type Runtime, Tokens } from "@millrace/server";
import { Api, type DoorOptions } from "@millrace/server/http";

const SDK = path.resolve(import.meta.dirname, "../../packages/sdk");
const FLOWS = [
  'import { existsSync } from "node:fs";',
  'import { setTimeout as pause } from "node:timers/promises";',
  'import { daily, flow, task, webhook } from "millrace";',
  'const hello = task("hello", async (_: {}, { log, projectDir }) => {',
  '  while (existsSync(projectDir + "/hold")) await pause(20);',
  '  log.info("hello"); return 1; });',
  'export const orders = flow("sales/orders", { triggers: [webhook({ secret: null })] }, () => { hello({}); });',
  'export const days = flow("sales/days", { partitions: daily({ start: "2026-01-01" }) }, () => { hello({}); });',
  'export const pay = flow("salaries", () => { hello({}); });',
  "",
].join("\n");
const FILES = {
  "package.json": '{ "name": "people", "private": true, "type": "module" }',
  "millrace.config.ts": 'import { defineConfig } from "millrace";\nexport default defineConfig({});\n',
  "flows/flows.ts": FLOWS,
};
/** Hashes that cost nothing, for what is not about their cost. */
const CHEAP = { n: 16, r: 1, p: 1 };
export const PASSWORD = "three blind mice";

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Said {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

export interface ServedOptions {
  readonly door?: Partial<DoorOptions>;
  /** Whether passwords are hashed as dearly as they are in earnest. */
  readonly isDear?: boolean;
}

/** A project with its API. Nobody is let in without a login, unless its door says so. */
export class ServedProject {
  readonly dir: string;
  readonly runtime: Runtime;
  readonly people: People;
  readonly tokens: Tokens;
  readonly failures: unknown[] = [];
  readonly #options: ServedOptions;
  #server: HookServer | undefined;
  #url = "";

  private constructor(dir: string, runtime: Runtime, options: ServedOptions) {
    this.dir = dir;
    this.runtime = runtime;
    this.#options = options;
    this.people = this.#makePeople();
    this.tokens = new Tokens(runtime.store.people);
  }

  static async make(options: ServedOptions = {}): Promise<ServedProject> {
    const dir = mkdtempSync(path.join(tmpdir(), "people-"));
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      writeFileSync(path.join(dir, name), text);
    }
    mkdirSync(path.join(dir, "node_modules"));
    symlinkSync(SDK, path.join(dir, "node_modules/millrace"));
    const runtime = await openRuntime({ projectDir: dir, actor: "test", workers: 4, kind: "server" });
    const project = new ServedProject(dir, runtime, options);
    await project.#listen();
    return project;
  }

  get url(): string {
    return this.#url;
  }

  /** Another server of the same project takes the place of this one: what is in memory is gone. */
  async restart(): Promise<void> {
    await this.#server?.stop();
    await this.#listen();
  }

  async close(): Promise<void> {
    await this.#server?.stop();
    await this.runtime.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  #makePeople(): People {
    const { store, attemptTokens: attempts } = this.runtime;
    return new People({ store: store.people, attempts, ...(this.#options.isDear === true ? {} : { cost: CHEAP }) });
  }

  async #listen(): Promise<void> {
    const { runtime } = this;
    const onError = (error: unknown): void => void this.failures.push(error);
    const door = { isLocal: false, publicUrl: null, trustsProxy: false, ...this.#options.door };
    const listening = Promise.withResolvers<string>();
    this.#server = new HookServer({
      runtime,
      port: 0,
      host: "127.0.0.1",
      waitsForPort: false,
      api: new Api({ runtime, version: "0.0.0", people: this.#makePeople(), door, onError }),
      onListening: (address) => listening.resolve(address ?? ""),
      onError,
    });
    await this.#server.start();
    this.#url = await listening.promise;
  }

  /** Asks, and leaves as soon as there is an answer: a stream has no end. */
  async ask({ method = "GET", path: place, headers = {}, body }: Asked): Promise<Said> {
    const leave = new AbortController();
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const all = { ...type, ...headers };
    const response = await fetch(this.#url + place, { method, headers: all, signal: leave.signal, ...sent });
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    const answer = isJson ? ((await response.json()) as Record<string, unknown>) : {};
    leave.abort();
    const { code = "", detail = "" } = answer as { code?: string; detail?: string };
    return { status: response.status, code, detail, body: answer, headers: response.headers };
  }

  /** A user with a password, and the cookie of a session. */
  async user(name: string, ...grants: readonly string[]): Promise<string> {
    await this.people.users.add({ name, password: PASSWORD, grants: grants.map(parseGrant) }, "test");
    return await this.logIn(name);
  }

  async logIn(name: string): Promise<string> {
    const said = await this.ask({ method: "POST", path: "/api/v1/login", body: { name, password: PASSWORD } });
    const [cookie = ""] = (said.headers.get("set-cookie") ?? "").split(";");
    if (said.status !== 200) throw new Error(JSON.stringify(said.body));
    return cookie;
  }

  async token(name: string, over: Partial<TokenWish> = {}): Promise<string> {
    const { kind = "api", grants = [], user = null, expiresAtMs = null } = over;
    return (await this.tokens.create({ kind, name, grants, user, expiresAtMs }, "test")).secret;
  }

  /** Of the first attempt of a run, as soon as there is one. */
  async attemptToken(run: string): Promise<string> {
    const { store, attemptTokens } = this.runtime;
    for (;;) {
      const [attempt] = await store.history.listAttempts(run as RunId);
      if (attempt !== undefined) return await attemptTokens.make(attempt.run, attempt.id);
      await setImmediate();
    }
  }

  /** From now on tasks begin and do not end, until they are let go. */
  holdTasks(): () => void {
    const file = path.join(this.dir, "hold");
    writeFileSync(file, "");
    return () => rmSync(file);
  }

  /** A token that has expired: nobody can make one that does it right away. */
  async expiredToken(name: string): Promise<string> {
    const { people } = this.runtime.store;
    const secret = await this.token(name, { grants: [parseGrant("admin")] });
    const row = (await people.listCredentials("api")).find(({ id }) => id === name) as CredentialRow;
    await people.removeCredential("api", name);
    await people.addCredential({ ...row, expiresAtMs: row.createdAtMs - 1 });
    return secret;
  }
}

interface TokenWish {
  readonly kind: "api" | "worker";
  readonly grants: readonly Grant[];
  readonly user: string | null;
  readonly expiresAtMs: number | null;
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}
