import type { Client } from "pg";
import type { Connector } from "./connector.ts";
import { Link } from "./link.ts";
import { backOffMs } from "./retry.ts";
import type { Statement } from "./statement.ts";

/** What a hint is about: something to do for the leader, something that it wrote, or a lease that is free. */
export type Topic = "command" | "commit" | "release";

export const NOTIFY: Statement = { name: "notify", text: "select pg_notify($1, $2)" };

/** Without hints, looks come this much more often. */
const HASTE = 4;

/**
 * Notices what other processes change. They say so (`NOTIFY`), and a connection that does nothing else hears it; a word
 * may be lost with that connection, so there is a look every now and then as well, which loses nothing.
 */
export class Hints {
  readonly #connector: Connector;
  readonly #link: Link;
  readonly #listeners = new Set<() => void>();
  readonly #onRelease: () => void;
  #poll: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #failures = 0;
  #hears = false;
  #isQueued = false;

  /** @param onRelease is called when another has given up the lease. */
  constructor(connector: Connector, onRelease: () => void) {
    this.#connector = connector;
    this.#onRelease = onRelease;
    this.#link = new Link(connector, "hints");
    this.#link.onConnected = (client) => this.#listen(client);
    this.#link.onBroken = () => this.#lost();
  }

  /** The values for `NOTIFY`. */
  about(topic: Topic): readonly [channel: string, payload: string] {
    return [this.#channel, `${this.#connector.storeId} ${topic}`];
  }

  /** Whether a release would be heard. */
  get hears(): boolean {
    return this.#hears;
  }

  /** Adds a listener and returns what removes it. The same function twice is two listeners. */
  add(listener: () => void): () => void {
    const own = () => listener();
    this.#listeners.add(own);
    if (this.#poll === undefined) this.#start();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  /** Tells the listeners, once however many hints come in the same breath. */
  wake(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    queueMicrotask(() => {
      this.#isQueued = false;
      for (const listener of this.#listeners) listener();
    });
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#stop();
    await this.#link.close();
  }

  get #channel(): string {
    return `millrace ${this.#connector.settings.schema}`;
  }

  #start(): void {
    this.#schedule();
    this.#connect();
  }

  #stop(): void {
    clearTimeout(this.#poll);
    clearTimeout(this.#again);
    this.#poll = undefined;
    this.#again = undefined;
    this.#hears = false;
    this.#link.drop();
  }

  #schedule(): void {
    clearTimeout(this.#poll);
    const { pollMs } = this.#connector.settings;
    this.#poll = setTimeout(
      () => {
        this.#schedule();
        this.wake();
      },
      this.#hears ? pollMs : pollMs / HASTE,
    );
  }

  #connect(): void {
    this.#again = undefined;
    this.#link.connected().then(
      () => {
        this.#failures = 0;
      },
      () => this.#tryAgain(),
    );
  }

  #lost(): void {
    this.#hears = false;
    if (this.#poll === undefined) return;
    this.#schedule();
    this.#tryAgain();
  }

  #tryAgain(): void {
    if (this.#poll === undefined || this.#again !== undefined) return;
    this.#again = setTimeout(() => this.#connect(), backOffMs(this.#failures));
    this.#failures += 1;
  }

  async #listen(client: Client): Promise<void> {
    client.on("notification", ({ payload = "" }) => {
      const [from, topic] = payload.split(" ");
      if (from === this.#connector.storeId) return;
      if (topic === "release") this.#onRelease();
      this.wake();
    });
    await client.query(`listen "${this.#channel}"`);
    this.#hears = true;
    this.#schedule();
    // Whatever was said before this connection heard anything.
    this.wake();
  }
}
