import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type PostgresServer, startPostgres } from "../../test/setup/embedded-postgres.ts";
import { type Folders, PROGRAMS } from "./folders.ts";
import { type ServiceOptions, Services } from "./services.ts";

const READY_MS = 180_000;

/** Where one peer plays: a fresh folder, its processes, and PostgreSQL when it asks for it. */
export class Stage {
  /** Fresh, and removed when all went well. Holds the logs too. */
  readonly dir: string;
  /** One file for each run, to which the tasks write when they ran. */
  readonly journals: string;
  readonly folders: Folders;
  readonly #services: Services;
  #postgres: PostgresServer | undefined;

  constructor(folders: Folders, peer: string) {
    this.folders = folders;
    const runs = path.join(folders.root, "runs");
    mkdirSync(runs, { recursive: true });
    this.dir = mkdtempSync(path.join(runs, `${peer}-`));
    this.journals = this.folder("journals");
    this.#services = new Services(this.dir);
  }

  installed(peer: string): string {
    return this.folders.installed(peer);
  }

  /** A new folder of the stage. */
  folder(name: string): string {
    const folder = path.join(this.dir, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Copies a folder of programs: what peers load must lie beside what is installed for them, or in their own folder. */
  copyPrograms(name: string, target: string): void {
    cpSync(path.join(PROGRAMS, name), target, { recursive: true });
  }

  /** An empty database on a PostgreSQL of this stage alone, which syncs every commit to disk. */
  async database(): Promise<URL> {
    this.#postgres ??= await startPostgres(this.dir, { fsync: true });
    return new URL(await this.#postgres.createDatabase("bench"));
  }

  start(name: string, command: readonly string[], options: ServiceOptions = {}): void {
    this.#services.start(name, command, { ...options, env: { ...options.env, BENCH_JOURNALS: this.journals } });
  }

  run(name: string, command: readonly string[], options: ServiceOptions = {}): Promise<void> {
    return this.#services.run(name, command, { ...options, env: { ...options.env, BENCH_JOURNALS: this.journals } });
  }

  /** Throws when a process that should stay has fallen. */
  check(): void {
    const name = this.#services.fallen();
    if (name !== undefined) throw new Error(`${name} has ended: ${this.#services.lastWords(name)}`);
  }

  /** Asks again until the answer is there. */
  async until<Answer>(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer> {
    const deadline = Date.now() + READY_MS;
    while (Date.now() < deadline) {
      this.check();
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined) return answer;
      await sleep(250);
    }
    throw new Error(`${what} was not ready within ${READY_MS / 1_000} s`);
  }

  /** Resolves when something answers well there. */
  async untilAnswers(what: string, url: string): Promise<void> {
    await this.until(what, async () => ((await fetch(url)).ok ? true : undefined));
  }

  async stop(): Promise<void> {
    await this.#services.stop();
    await this.#postgres?.stop();
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Ports that nobody used a moment ago, each another one. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    ports.push(address.port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
