import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

interface Holding {
  readonly role: string;
  readonly held: (() => void)[];
  readonly isHeld: () => void;
}

/** What the way to the server does to one connection. */
interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** From the application's name: `commit`, `lease`, `hints`, `read`. */
  readonly role: string;
  /** Something said here is still on the way: it arrives even when whoever said it is gone. */
  holding: Holding | undefined;
}

/**
 * The way to a PostgreSQL server, with the accidents that a way can have. It knows what each connection is for, because a
 * store tells the server. The names are changed on the way, so that a store cannot find its old connections there and end
 * them: a test of what happens when it cannot be done in time.
 */
export class FaultyWay {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #lines = new Set<Line>();
  readonly #refused = new Set<string>();
  #losesAnswersOf: string | undefined;
  #holds: Holding | undefined;
  #server: Server | undefined;

  /** Every answer of the server to a connection that its client has left. */
  onLateAnswer: (text: string) => void = () => undefined;

  constructor(url: string) {
    const { hostname: host, port } = new URL(url);
    this.#target = { host, port: Number(port) };
  }

  /** Starts, and gives the address to use instead. */
  async start(url: string): Promise<string> {
    this.#server = createServer((client) => this.#connected(client));
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const through = new URL(url);
    through.port = String((this.#server.address() as { readonly port: number }).port);
    return through.href;
  }

  /** From now on connections of a role are cut before they are made. */
  refuse(role: string): void {
    this.#refused.add(role);
  }

  /** From now on there is no way at all. */
  cutAll(): void {
    for (const role of ["commit", "lease", "hints", "read", "migrate"]) this.refuse(role);
    for (const { client, server } of this.#lines) for (const end of [client, server]) end.destroy();
  }

  /** The next answer on a connection of this role gets lost, and the connection with it. */
  loseNextAnswer(role: string): void {
    this.#losesAnswersOf = role;
  }

  /**
   * What is said on connections of this role now stays on the way until it is let go. Resolves when something is held.
   */
  hold(role: string): { readonly isHeld: Promise<void>; letGo(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const held: (() => void)[] = [];
    this.#holds = { role, held, isHeld: resolve };
    return {
      isHeld: promise,
      letGo: () => {
        for (const send of held) send();
      },
    };
  }

  /** What was not held yet goes through again. */
  endHolding(): void {
    this.#holds = undefined;
  }

  async stop(): Promise<void> {
    for (const { client, server } of this.#lines) for (const end of [client, server]) end.destroy();
    const server = this.#server;
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    await closed;
  }

  #connected(client: Socket): void {
    client.once("data", (startup) => {
      const role = /millrace (\w+) /.exec(startup.toString("latin1"))?.[1] ?? "other";
      if (this.#refused.has(role)) {
        client.destroy();
        return;
      }
      const server = connect(this.#target);
      const line: Line = { client, server, role, holding: undefined };
      this.#lines.add(line);
      // Of the same length, because the length of the message is in it.
      server.write(Buffer.from(startup.toString("latin1").replace(/millrace \w/, "millrace x"), "latin1"));
      client.on("data", (said) => this.#said(line, said));
      server.on("data", (answer) => this.#answered(line, answer));
      client.on("close", () => {
        if (line.holding === undefined) server.end();
      });
      server.on("close", () => {
        this.#lines.delete(line);
        client.end();
      });
      for (const end of [client, server]) end.on("error", () => undefined);
    });
    client.on("error", () => undefined);
  }

  #said(line: Line, said: Buffer): void {
    const { server, role } = line;
    if (this.#holds?.role === role) line.holding = this.#holds;
    if (line.holding === undefined) {
      server.write(said);
      return;
    }
    // All that follows stays behind it.
    line.holding.held.push(() => server.write(said));
    line.holding.isHeld();
  }

  #answered({ client, server, role }: Line, answer: Buffer): void {
    if (this.#losesAnswersOf === role) {
      this.#losesAnswersOf = undefined;
      client.destroy();
      server.end();
      return;
    }
    if (client.destroyed) this.onLateAnswer(answer.toString("latin1"));
    else client.write(answer);
  }
}
