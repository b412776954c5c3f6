import type { Client } from "pg";
import { type Connector, destroy, type Role, toParameter } from "./connector.ts";
import { type Queries, queriesOf, type Statement } from "./statement.ts";

/**
 * One connection for one purpose, made when it is first used and made anew after it broke. Whether to try again is up to
 * whoever uses it: only he knows whether the same again is safe.
 */
export class Link implements Queries {
  readonly #connector: Connector;
  readonly #role: Role;
  #connecting: Promise<Client> | undefined;
  #closed = false;
  /** Called with each new connection, before anybody uses it. */
  onConnected: (client: Client) => Promise<void> = async () => undefined;
  /** Called when a connection that worked is gone. */
  onBroken: () => void = () => undefined;

  constructor(connector: Connector, role: Role) {
    this.#connector = connector;
    this.#role = role;
  }

  readonly #queries = queriesOf(async (statement, values) => {
    const client = await this.connected();
    return client.query({ ...statement, values: values.map(toParameter) });
  });

  readonly query: Queries["query"] = this.#queries.query;
  readonly run: Queries["run"] = this.#queries.run;

  /**
   * The same, but an answer that takes longer ends the connection: the server is gone, or the way to it is, and no error
   * may ever come.
   */
  async queryWithin<Row>(ms: number, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const client = await this.connected();
    const timer = setTimeout(() => destroy(client), ms);
    try {
      const { rows } = await client.query({ ...statement, values: values as unknown[] });
      return rows as Row[];
    } finally {
      clearTimeout(timer);
    }
  }

  /** The number of the server's process behind the connection, if there is one. */
  async backend(): Promise<number | undefined> {
    const client = (await this.#connecting?.catch(() => undefined)) as (Client & { processID?: number }) | undefined;
    return client?.processID;
  }

  connected(): Promise<Client> {
    if (this.#closed) return Promise.reject(closedError());
    if (this.#connecting !== undefined) return this.#connecting;
    const forget = () => {
      if (this.#connecting === connecting) this.#connecting = undefined;
    };
    const connecting = this.#open(forget);
    this.#connecting = connecting;
    connecting.catch(forget);
    return connecting;
  }

  /** Ends the connection; the next use makes a new one. */
  drop(): void {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    connecting?.then(destroy, () => undefined);
  }

  /** Ends the connection for good, politely. Twice is fine. */
  async close(): Promise<void> {
    this.#closed = true;
    const connecting = this.#connecting;
    this.#connecting = undefined;
    const client = await connecting?.catch(() => undefined);
    if (client === undefined) return;
    const timer = setTimeout(() => destroy(client), 1_000);
    await client.end().catch(() => undefined);
    clearTimeout(timer);
  }

  async #open(forget: () => void): Promise<Client> {
    const client = await this.#connector.connect(this.#role);
    try {
      if (this.#closed) throw closedError();
      await this.onConnected(client);
    } catch (error) {
      destroy(client);
      throw error;
    }
    let isGone = false;
    const gone = () => {
      if (isGone) return;
      isGone = true;
      forget();
      if (!this.#closed) this.onBroken();
    };
    client.once("end", gone);
    client.once("error", gone);
    return client;
  }
}

function closedError(): Error {
  return new Error("Connection terminated: the store is closed");
}
