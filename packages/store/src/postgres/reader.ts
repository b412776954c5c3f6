import type { Pool, PoolClient } from "pg";
import { type Connector, destroy, toParameter } from "./connector.ts";
import { toStoreError } from "./failure.ts";
import { persist } from "./retry.ts";
import { type Queries, queriesOf, type Statement } from "./statement.ts";

const CLOSE_MS = 1_000;

/**
 * The connections that everything but commits and the lease shares. What is run here may be run again, so a server that
 * is away for a moment is waited for.
 */
export class Reader {
  readonly #connector: Connector;
  readonly #pool: Pool;
  readonly #clients = new Set<PoolClient>();
  readonly #signal: AbortSignal;
  /** Resolves when what is read will not be overtaken by a commit that was thought lost. */
  readonly #settled: () => Promise<void>;

  constructor(connector: Connector, signal: AbortSignal, settled: () => Promise<void>) {
    this.#connector = connector;
    this.#pool = connector.makePool();
    this.#pool.on("connect", (client) => this.#clients.add(client));
    this.#pool.on("remove", (client) => this.#clients.delete(client));
    this.#signal = signal;
    this.#settled = settled;
  }

  /** Without patience: a failure is told as it is. */
  once<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return work(this.#queries);
  }

  /** Reads, each statement on its own; or writes what is the same when it is written twice. */
  run<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#persist(() => work(this.#queries));
  }

  /** All statements of the work in one transaction, which may be done twice and must be the same then. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#persist(async () => {
      const client = await this.#pool.connect();
      try {
        await client.query("begin");
        const result = await work(
          queriesOf((statement, values) => client.query({ ...statement, values: values.map(toParameter) })),
        );
        await client.query("commit");
        client.release();
        return result;
      } catch (error) {
        // Without a connection there is no transaction either.
        await client.query("rollback").then(
          () => client.release(),
          () => client.release(true),
        );
        throw error;
      }
    });
  }

  /** A word to those who watch. When it is lost they look anyway, a little later. */
  tell(statement: Statement, values: readonly unknown[]): void {
    this.#queries.query(statement, values).catch(() => undefined);
  }

  /** Ends all connections: those that are idle at once, the others when they are, or are too long about it. */
  async close(): Promise<void> {
    if (this.#pool.ended) return;
    const timer = setTimeout(() => {
      for (const client of this.#clients) destroy(client);
    }, CLOSE_MS);
    await this.#pool.end();
    clearTimeout(timer);
  }

  readonly #queries: Queries = queriesOf((statement, values) =>
    this.#pool.query({ ...statement, values: values.map(toParameter) }),
  );

  async #persist<T>(work: () => Promise<T>): Promise<T> {
    try {
      await this.#settled();
      return await persist({ ms: this.#connector.settings.patienceMs, signal: this.#signal }, work);
    } catch (error) {
      throw toStoreError(error, this.#connector.place);
    }
  }
}
