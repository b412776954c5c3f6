import type { ServerResponse } from "node:http";
import { STRICT_HEADERS } from "../send.ts";

/** Something is said at least so often, so that nobody in between takes the silence for death, in milliseconds. */
const HEART_BEAT_MS = 15_000;
/** A reader that takes nothing for so long is disconnected, in milliseconds. It can resume where it was. */
const SLOW_MS = 10_000;

/** Writes a stream no faster than it is read. */
export class StreamWriter {
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  readonly #slowMs: number;

  /** @param slowMs how long a reader may take nothing, in milliseconds. Defaults to 10 s. */
  constructor(response: ServerResponse, signal: AbortSignal, slowMs = SLOW_MS) {
    this.#response = response;
    this.#signal = signal;
    this.#slowMs = slowMs;
  }

  /** False when the reader has gone, or was sent away because it takes nothing. */
  async write(text: string): Promise<boolean> {
    const response = this.#response;
    if (this.#signal.aborted || response.destroyed) return false;
    if (response.write(text)) return true;
    const drained = Promise.withResolvers<boolean>();
    const go = (): void => drained.resolve(true);
    const leave = (): void => drained.resolve(false);
    response.once("drain", go);
    this.#signal.addEventListener("abort", leave);
    const timer = setTimeout(leave, this.#slowMs);
    const isRead = await drained.promise;
    clearTimeout(timer);
    response.off("drain", go);
    this.#signal.removeEventListener("abort", leave);
    if (!isRead) response.destroy();
    return isRead;
  }
}

/** Writes server-sent events. */
export class EventWriter {
  readonly #response: ServerResponse;
  readonly #writer: StreamWriter;
  readonly #heart: NodeJS.Timeout;
  #isQuiet = true;

  /** @param position the id of the last event that the reader is past, so that it resumes there; null for none. */
  constructor(response: ServerResponse, signal: AbortSignal, position: () => number | null) {
    this.#response = response;
    this.#writer = new StreamWriter(response, signal);
    response.writeHead(200, {
      ...STRICT_HEADERS,
      "content-type": "text/event-stream; charset=utf-8",
      // Once it ends, the connection has nothing to wait for: a server that stops would.
      connection: "close",
      // Proxies that gather answers would hold the events back.
      "x-accel-buffering": "no",
    });
    response.write("retry: 1000\n\n");
    this.#heart = setInterval(() => {
      const at = position();
      // An id without data is remembered by the reader, and is no event to it.
      if (this.#isQuiet && !response.writableNeedDrain) response.write(at === null ? ":\n\n" : `id: ${at}\n\n`);
      this.#isQuiet = true;
    }, HEART_BEAT_MS);
  }

  /** False when the reader has gone. */
  async write(frames: string): Promise<boolean> {
    this.#isQuiet = false;
    return await this.#writer.write(frames);
  }

  /** Ends the stream. Twice is fine. */
  end(): void {
    clearInterval(this.#heart);
    this.#response.end();
  }
}
