import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type PostgresServer, startPostgres } from "../../test/setup/embedded-postgres.ts";

/** The PostgreSQL of all rows, started when the first of them asks for it. Each asks for a database of its own. */
export class SharedPostgres {
  #folder: string | undefined;
  #server: Promise<PostgresServer> | undefined;
  #databases = 0;

  async createDatabase(): Promise<string> {
    this.#folder ??= mkdtempSync(path.join(tmpdir(), "millrace-scoreboard-"));
    this.#server ??= startPostgres(this.#folder);
    const server = await this.#server;
    this.#databases += 1;
    return server.createDatabase(`row_${this.#databases}`);
  }

  /** Twice, or before there is one, is fine. */
  async stop(): Promise<void> {
    // One that never started has nothing to stop.
    const server = await this.#server?.catch(() => undefined);
    this.#server = undefined;
    await server?.stop();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    this.#folder = undefined;
  }
}
