import type { Client } from "pg";
import { type Connector, destroy, type Role, toParameter } from "./connector.ts";
import { type Answer, type Queries, queriesOf, type Statement } from "./statement.ts";

/**
 * One connection for one purpose, made when it is first used and made anew after it broke. Whether to try again is up to
 * whoever uses it: only he knows whether the same again is safe.
 */
export class Link implements Queries {
  readonly #connector: Connector;
  readonly #role: Role;
  #connecting: Promise<Client> | undefined;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();
  /** Called with each new connection, before anybody uses it. */
  onConnected: (client: Client) => Promise<void> = async () => undefined;
  /** Called when a connection that worked is gone. */
  onBroken: () => void = () => undefined;

  constructor(connector: Connector, role: Role) {
    this.#connector = connector;
    this.#role = role;
  }

  readonly #queries = queriesOf((statement, values) => this.#alone((client) => send(client, statement, values)));

  readonly query: Queries["query"] = this.#queries.query;
  readonly run: Queries["run"] = this.#queries.run;

  /**
   * The same, but an answer that takes longer ends the connection: the server is gone, or the way to it is, and no error
   * may ever come.
   */
  queryWithin<Row>(ms: number, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.#alone(async (client) => {
      const timer = setTimeout(() => destroy(client), ms);
      try {
        return (await send(client, statement, values)).rows as Row[];
      } finally {
        clearTimeout(timer);
      }
    });
  }

  /** One after the other: a connection does one thing at a time. */
  #alone<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const next = this.#last.then(async () => work(await this.connected()));
    this.#last = next.catch(() => undefined);
    return next;
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

function send(client: Client, statement: Statement, values: readonly unknown[]): Promise<Answer> {
  return client.query({ ...statement, values: values.map(toParameter) });
}

function closedError(): Error {
  return new Error("Connection terminated: the store is closed");
}
