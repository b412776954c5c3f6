// A small disk for the tables of one database, on the machine of its server, which must be this one.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { SmallDisk } from "./small-disk.ts";

export interface SmallTablespace {
  readonly disk: SmallDisk;
  /** After the last use of the database, which goes with it. */
  drop(): Promise<void>;
}

/** Puts what is made in the database from now on onto a small disk. Undefined where this user may not mount one. */
export async function smallTablespace(url: string, megabytes: number): Promise<SmallTablespace | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), "tablespace-"));
  const disk = SmallDisk.mount(folder, megabytes);
  if (disk === undefined) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const database = new URL(url).pathname.slice(1);
  const name = `small_${database}`;
  const tables = path.join(folder, "tables");
  mkdirSync(tables);
  chmodSync(folder, 0o755);
  await query(url, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>("show data_directory");
    // The server insists that the folder is its own.
    const { uid, gid } = statSync(rows[0]?.data_directory ?? "");
    chownSync(tables, uid, gid);
    await client.query(`create tablespace ${name} location '${tables}'`);
    await client.query(`alter database ${database} set default_tablespace = ${name}`);
  });
  return {
    disk,
    async drop() {
      await query(withDatabase(url, "postgres"), async (client) => {
        await client.query(`drop database ${database} with (force)`);
        await client.query(`drop tablespace ${name}`);
      });
      disk.unmount();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

async function query(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
