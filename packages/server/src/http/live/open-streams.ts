import type { IncomingMessage } from "node:http";
import type { Principal } from "@millrace/core";
import type { Door } from "../door.ts";
import { Refusal } from "../refusal.ts";

/** So often everybody who follows is looked at again, in milliseconds: another server may have revoked what they came with. */
const CHECK_MS = 5_000;
/** Each costs memory and a look at every event. A page has one or two, so nobody who means well has so many. */
const MOST_STREAMS = 200;

interface OpenStream {
  readonly request: IncomingMessage;
  /** Who it was opened for, as text. */
  readonly principal: string;
  readonly end: AbortController;
}

/** Streams that are open, each for as long as whoever reads it may. */
export class OpenStreams {
  readonly #door: Pick<Door, "principalOf">;
  readonly #mostEach: number;
  readonly #open = new Set<OpenStream>();
  #timer: NodeJS.Timeout | undefined;

  /** @param mostEach how many one caller may have. */
  constructor(door: Pick<Door, "principalOf">, mostEach = MOST_STREAMS) {
    this.#door = door;
    this.#mostEach = mostEach;
  }

  /** Watches over a stream until it is closed. Its signal is aborted when its reader may not read it any more. */
  open(request: IncomingMessage, principal: Principal): { readonly signal: AbortSignal; close(): void } {
    this.#refuseTooMany(principal);
    const stream = { request, principal: JSON.stringify(principal), end: new AbortController() };
    this.#open.add(stream);
    this.#timer ??= setInterval(() => void this.check(), CHECK_MS).unref();
    const close = (): void => {
      this.#open.delete(stream);
      if (this.#open.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
    return { signal: stream.end.signal, close };
  }

  #refuseTooMany(principal: Principal): void {
    const who = JSON.stringify(principal);
    const theirs = [...this.#open].filter((stream) => stream.principal === who).length;
    if (theirs < this.#mostEach) return;
    throw new Refusal("TOO_MANY_REQUESTS", `${this.#mostEach} streams of one caller are open; more are not.`, {
      hint: "Close those that nobody reads; one stream of events tells of all runs.",
      headers: { "retry-after": "5" },
    });
  }

  /** Ends the streams of those who are not who they were. Never rejects. */
  async check(): Promise<void> {
    await Promise.all([...this.#open].map((stream) => this.#look(stream)));
  }

  async #look({ request, principal, end }: OpenStream): Promise<void> {
    // A store that does not answer now has revoked nothing: it is asked again.
    const isSame = await this.#door.principalOf(request).then(
      (now) => now !== undefined && JSON.stringify(now) === principal,
      (error: unknown) => (error as { code?: string }).code !== "UNAUTHENTICATED",
    );
    if (!isSame) end.abort();
  }
}
