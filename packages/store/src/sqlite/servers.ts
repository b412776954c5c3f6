import type { KnownServer, ServerId, ServerRow, Servers, WorkerRow } from "@millrace/core";
import { listServers, recordServer, removeServer, serversFromColumns, serverToColumns } from "../tables/server.ts";
import { listWorkers, recordWorker, removeWorker, workersFromColumns, workerToColumns } from "../tables/worker.ts";
import type { SqliteConnection } from "./connection.ts";

/** All servers of an embedded database are on one machine, so its clock is theirs. */
export class SqliteServers implements Servers {
  readonly #write: (work: (db: SqliteConnection) => void) => void;
  readonly #read: <T>(work: (db: SqliteConnection) => T) => T;

  /** @param write runs its work in a transaction. Both turn failures of the database into the store's. */
  constructor(
    write: (work: (db: SqliteConnection) => void) => void,
    read: <T>(work: (db: SqliteConnection) => T) => T,
  ) {
    this.#write = write;
    this.#read = read;
  }

  async beat(server: ServerRow): Promise<void> {
    this.#write((db) => db.run(recordServer, serverToColumns(server, Date.now())));
  }

  async list(): Promise<readonly KnownServer[]> {
    return this.#read((db) => serversFromColumns(db.all(listServers, {}), Date.now()));
  }

  async remove(id: ServerId): Promise<void> {
    this.#write((db) => db.run(removeServer, { id }));
  }

  async keepWorker(worker: WorkerRow): Promise<void> {
    this.#write((db) => db.run(recordWorker, workerToColumns(worker)));
  }

  async listWorkers(): Promise<readonly WorkerRow[]> {
    return this.#read((db) => workersFromColumns(db.all(listWorkers, {})));
  }

  async removeWorker(id: string): Promise<void> {
    this.#write((db) => db.run(removeWorker, { id }));
  }
}
