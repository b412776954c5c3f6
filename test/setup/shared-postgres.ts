// One PostgreSQL for a whole run of the tests. The main process starts it when the first test asks, and stops it at the
// end; each who asks gets a database of his own in it.
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { Client } from "pg";
import { type PostgresServer, startPostgres } from "./embedded-postgres.ts";

/** Where the main process answers those who ask for the server. */
const DOOR = "MILLRACE_TEST_POSTGRES_DOOR";

/** A database that nobody else uses. */
export interface FreshDatabase {
  readonly url: string;
  /** Ends whoever still uses it. */
  remove(): Promise<void>;
}

let made = 0;

/** An empty database on the shared server, for tests under vitest. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = await sharedServer();
  made += 1;
  const name = `test_${process.pid}_${made}`;
  await tell(server, `create database ${name}`);
  return {
    url: server.replace(/\/postgres$/, `/${name}`),
    remove: () => tell(server, `drop database if exists ${name} with (force)`),
  };
}

async function tell(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function sharedServer(): Promise<string> {
  const door = process.env[DOOR];
  if (door === undefined) throw new Error("Only tests under vitest share a PostgreSQL; others start their own.");
  const answer = await text(connect({ host: "127.0.0.1", port: Number(door) }));
  if (!answer.startsWith("postgres:")) throw new Error(answer);
  return answer;
}

export async function setup(): Promise<() => Promise<void>> {
  let folder: string | undefined;
  let server: Promise<PostgresServer> | undefined;
  const start = () => {
    folder = mkdtempSync(path.join(tmpdir(), "postgres-"));
    return startPostgres(folder, { trust: true });
  };
  const door = createServer((asker) => {
    asker.on("error", () => undefined);
    server ??= start();
    server.then(
      ({ url }) => asker.end(url),
      (error: unknown) => asker.end(String(error)),
    );
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const address = door.address();
  process.env[DOOR] = typeof address === "object" && address !== null ? String(address.port) : "";
  return async () => {
    await new Promise((resolve) => door.close(resolve));
    // One that never started has nothing to stop.
    await (await server?.catch(() => undefined))?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
