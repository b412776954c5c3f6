// Stands between Millrace and PostgreSQL, and now and then lets a commit happen but not its answer: the connection goes
// instead, as when the network fails in the worst moment.
import { createConnection, createServer, type Server, type Socket } from "node:net";
import type { Chance } from "../../durability/seeded.ts";

export interface DroppingProxyOptions {
  /** The address of the database. */
  readonly url: string;
  /** The share of answers to commits that are dropped. */
  readonly share: number;
  readonly chance: Chance;
}

/** Type and length, https://www.postgresql.org/docs/current/protocol-message-formats.html */
const HEADER_BYTES = 5;
const COMMAND_COMPLETE = 0x43;
const READY_FOR_QUERY = 0x5a;
const SHARED_WITH = "127.0.0.1";

export class DroppingProxy {
  /** Commits that were let through, and those whose answer was dropped. */
  answered = 0;
  dropped = 0;
  readonly #options: DroppingProxyOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: DroppingProxyOptions) {
    this.#options = options;
    this.#server = createServer((client) => this.#connect(client));
  }

  static async start(options: DroppingProxyOptions): Promise<DroppingProxy> {
    const proxy = new DroppingProxy(options);
    await new Promise<void>((resolve) => proxy.#server.listen(0, SHARED_WITH, resolve));
    return proxy;
  }

  /** The database's address through here. */
  get url(): string {
    const url = new URL(this.#options.url);
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    url.port = String(address.port);
    return url.href;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #connect(client: Socket): void {
    const { hostname, port } = new URL(this.#options.url);
    const database = createConnection({ host: hostname, port: Number(port) });
    const ends = [client, database];
    let commits = false;
    const answers = new Answers();
    for (const end of ends) {
      this.#sockets.add(end);
      // A server that is away is what this is about.
      end.on("error", () => undefined);
      end.on("close", () => {
        this.#sockets.delete(end);
        for (const other of ends) other.destroy();
      });
    }
    client.once("data", (startup: Buffer) => {
      commits = isForCommits(startup);
    });
    client.on("data", (bytes: Buffer) => database.write(bytes));
    database.on("data", (bytes: Buffer) => {
      const commitsAnswered = commits ? answers.count(bytes) : 0;
      if (commitsAnswered > 0 && this.#options.chance.next() < this.#options.share) {
        this.dropped += commitsAnswered;
        for (const end of ends) end.destroy();
        return;
      }
      this.answered += commitsAnswered;
      client.write(bytes);
    });
  }
}

/** The connection for commits says so in its name. */
function isForCommits(startup: Buffer): boolean {
  const fields = startup.toString("latin1", 8).split("\0");
  return /commit/.test(fields[fields.indexOf("application_name") + 1] ?? "");
}

/** Finds in a stream of answers where statements have ended: what they did is committed when the server is ready again. */
class Answers {
  #rest = Buffer.alloc(0);
  #completed = 0;

  count(bytes: Buffer): number {
    let at = 0;
    let committed = 0;
    const all = Buffer.concat([this.#rest, bytes]);
    while (all.length - at >= HEADER_BYTES) {
      const end = at + 1 + all.readUInt32BE(at + 1);
      if (end > all.length) break;
      if (all[at] === COMMAND_COMPLETE) this.#completed += 1;
      if (all[at] === READY_FOR_QUERY) {
        committed += this.#completed;
        this.#completed = 0;
      }
      at = end;
    }
    this.#rest = all.subarray(at);
    return committed;
  }
}
