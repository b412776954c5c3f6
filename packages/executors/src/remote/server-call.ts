import { setTimeout as delay } from "node:timers/promises";
import { MillraceError } from "@millrace/core";
import type { ServerLink } from "./asks.ts";
import { type Dialled, dial } from "./dial.ts";
import { Link } from "./link.ts";
import { BEAT_MS, CLOSE, type FromWorker, type Hello, SERVER_SILENT_MS, type ToWorker } from "./messages.ts";

export type Welcome = Extract<ToWorker, { readonly kind: "welcome" }>;

export type ServerCallNews =
  | { readonly kind: "connected"; readonly server: string }
  | { readonly kind: "disconnected"; readonly server: string; readonly reason: string }
  /** No server takes this worker now; it goes on trying. */
  | { readonly kind: "waiting"; readonly server: string; readonly reason: string; readonly hint: string | null };

export interface ServerCallOptions {
  readonly servers: readonly string[];
  readonly readToken: () => Promise<string | null>;
  /** Who calls, and what it brings along. */
  readonly hello: () => Hello;
  readonly connected: (link: ServerLink, welcome: Welcome) => void;
  readonly message: (message: ToWorker, payload: Buffer) => void;
  readonly lost: () => void;
  /** Nothing has answered for long: not a server, nor a machine that says there is none. Told again and again. */
  readonly silent: () => void;
  readonly onNews: (news: ServerCallNews) => void;
}

/** Pauses between two rounds of calls, in milliseconds: whoever leads next waits longer than this for its workers. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const TICK_MS = 500;
/** A server that does not say welcome is left after this time, in milliseconds. */
const WELCOME_MS = 5_000;
/** Answers that do not change by themselves: who asks, or what it speaks, is refused. */
const FINAL = new Set([400, 401, 403, 404, 426]);

type Refused = Extract<Dialled, { readonly kind: "refused" }>;

/** Keeps a worker connected to whichever server takes it. */
export class ServerCall {
  readonly #options: ServerCallOptions;
  readonly #stopping = new AbortController();
  #link: ServerLink | null = null;
  #answeredAtMs = performance.now();
  #wasConnected = false;
  /** What was told of last, so that it is told once. */
  #trouble = "";

  constructor(options: ServerCallOptions) {
    this.#options = options;
  }

  /** Comes back after `stop`. Rejects with a refusal that is final, unless a server has taken this worker before. */
  async run(): Promise<void> {
    const ticking = setInterval(() => this.#tick(), TICK_MS);
    const beating = setInterval(() => this.#link?.send({ kind: "beat" }), BEAT_MS);
    try {
      for (let pauseMs = FIRST_PAUSE_MS; !this.#isStopped; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
        for (const server of this.#options.servers) if (await this.#serve(server)) pauseMs = FIRST_PAUSE_MS;
        await this.#pause(pauseMs);
      }
    } finally {
      clearInterval(ticking);
      clearInterval(beating);
    }
  }

  /** Says goodbye. Twice is fine. */
  stop(): void {
    this.#stopping.abort();
    this.#link?.end(CLOSE.leaving, "the worker leaves");
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** @returns whether the server took this worker, for a time that is over now. */
  async #serve(server: string): Promise<boolean> {
    if (this.#isStopped) return false;
    const dialled = await dial(server, await this.#options.readToken());
    if (dialled.kind !== "failed" || dialled.answered) this.#answeredAtMs = performance.now();
    if (dialled.kind === "connected") return await this.#talk(server, dialled.socket);
    if (dialled.kind === "refused" && FINAL.has(dialled.status) && !this.#wasConnected) throw refusal(server, dialled);
    const hint = dialled.kind === "refused" ? dialled.hint : null;
    this.#tell(server, dialled.message, hint);
    return false;
  }

  async #talk(server: string, socket: Parameters<typeof makeLink>[0]): Promise<boolean> {
    const over = Promise.withResolvers<string>();
    let isWelcome = false;
    const link = makeLink(socket, {
      message: (message, payload) => {
        this.#answeredAtMs = performance.now();
        if (message.kind === "welcome") {
          isWelcome = true;
          clearTimeout(timer);
          this.#begin(server, link, message);
        } else this.#options.message(message, payload);
      },
      closed: (code, reason) => {
        // One that this side has dropped says nothing about the other.
        if (reason !== SILENT) this.#answeredAtMs = performance.now();
        over.resolve(reason === "" ? `the connection was closed (${code})` : reason);
      },
    });
    const timer = setTimeout(() => link.drop("the server did not say welcome"), WELCOME_MS);
    if (this.#isStopped) link.end(CLOSE.leaving, "the worker leaves");
    else link.send(this.#options.hello());
    const reason = await over.promise;
    clearTimeout(timer);
    if (this.#link === link) this.#link = null;
    this.#options.lost();
    if (this.#isStopped) return isWelcome;
    if (isWelcome) this.#options.onNews({ kind: "disconnected", server, reason });
    else this.#tell(server, reason, null);
    return isWelcome;
  }

  #begin(server: string, link: ServerLink, welcome: Welcome): void {
    this.#link = link;
    this.#wasConnected = true;
    this.#trouble = "";
    this.#options.onNews({ kind: "connected", server });
    this.#options.connected(link, welcome);
  }

  #tell(server: string, reason: string, hint: string | null): void {
    if (this.#trouble === `${server} ${reason}`) return;
    this.#trouble = `${server} ${reason}`;
    this.#options.onNews({ kind: "waiting", server, reason, hint });
  }

  #tick(): void {
    if (performance.now() - this.#answeredAtMs <= SERVER_SILENT_MS) return;
    this.#link?.drop(SILENT);
    this.#options.silent();
  }

  async #pause(ms: number): Promise<void> {
    // So that a hundred workers do not come back in the same moment.
    const chanceMs = ms * (0.5 + Math.random() / 2);
    await delay(chanceMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

const SILENT = "the server has not answered for too long";

function makeLink(
  socket: ConstructorParameters<typeof Link<ToWorker, FromWorker>>[0],
  listener: ConstructorParameters<typeof Link<ToWorker, FromWorker>>[1],
): ServerLink {
  return new Link<ToWorker, FromWorker>(socket, listener);
}

function refusal(server: string, { status, message, hint }: Refused): MillraceError {
  const known = status === 404 ? "there is no door for workers at this address" : message;
  return new MillraceError("NO_SERVER", `${server} does not take this worker: ${known}`, hint === null ? {} : { hint });
}
