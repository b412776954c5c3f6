import type { KnownServer, ServerId, ServerRow, Servers, WorkerRow } from "@millrace/core";
import { listServers, recordServer, removeServer, serversFromColumns, serverToColumns } from "../tables/server.ts";
import { listWorkers, recordWorker, removeWorker, workersFromColumns, workerToColumns } from "../tables/worker.ts";
import type { Reader } from "./reader.ts";
import { all, type Queries } from "./statement.ts";

const NOW = { name: "now", text: "select (extract(epoch from clock_timestamp()) * 1000)::bigint as at" };

/** The servers may be on many machines, so the one clock that counts is the database's. */
export class PostgresServers implements Servers {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  async beat(server: ServerRow): Promise<void> {
    await this.#reader.run(async (queries) => all(queries, recordServer, serverToColumns(server, await now(queries))));
  }

  async list(): Promise<readonly KnownServer[]> {
    return this.#reader.run(async (queries) => {
      const rows = await all(queries, listServers, {});
      return serversFromColumns(rows, await now(queries));
    });
  }

  async remove(id: ServerId): Promise<void> {
    await this.#reader.run((queries) => all(queries, removeServer, { id }));
  }

  async keepWorker(worker: WorkerRow): Promise<void> {
    await this.#reader.run((queries) => all(queries, recordWorker, workerToColumns(worker)));
  }

  async listWorkers(): Promise<readonly WorkerRow[]> {
    return workersFromColumns(await this.#reader.run((queries) => all(queries, listWorkers, {})));
  }

  async removeWorker(id: string): Promise<void> {
    await this.#reader.run((queries) => all(queries, removeWorker, { id }));
  }
}

async function now(queries: Queries): Promise<number> {
  const [row] = await queries.query<{ at: number }>(NOW, []);
  return row?.at ?? Date.now();
}
