import type { AttemptId } from "@millrace/core";
import { encodeEnd, encodeLine } from "../logs/log-format.ts";
import type { LogKey, LogLine, LogStore, LogWriter } from "../logs/log-store.ts";
import type { ServerLink } from "./asks.ts";

/** Buffered bytes from which a piece is sent without being told. */
const SEND_BYTES = 64 * 1024;
/** An attempt with so much of its log not yet kept by the server is made to wait. */
const OVERFULL_BYTES = 4 * 1024 * 1024;
const MAX_BYTES = 100_000_000;

/** Logs of attempts that run here and whose logs are kept elsewhere. Nothing of them touches this disk. */
export class ShippedLogs implements Pick<LogStore, "writer"> {
  readonly #logs = new Map<AttemptId, ShippedLog>();
  #link: ServerLink | null = null;

  writer({ attempt }: LogKey): LogWriter {
    const log = new ShippedLog((at, bytes) => this.#link?.send({ kind: "log", attempt, at }, bytes));
    this.#logs.set(attempt, log);
    return log;
  }

  /** Goes on over another connection. @param kept how much of each log the server has. */
  use(link: ServerLink, kept: readonly (readonly [attempt: number, bytes: number])[]): void {
    this.#link = link;
    for (const [attempt, bytes] of kept) this.#logs.get(attempt as AttemptId)?.goOnFrom(bytes);
  }

  /** There is no connection. */
  rest(): void {
    this.#link = null;
  }

  logged(attempt: AttemptId, bytes: number): void {
    this.#logs.get(attempt)?.kept(bytes);
  }

  /** Nobody wants more of it. */
  forget(attempt: AttemptId): void {
    this.#logs.get(attempt)?.discard();
    this.#logs.delete(attempt);
  }
}

interface Piece {
  readonly at: number;
  readonly bytes: Buffer;
}

/** One attempt's log on its way: what the server has not said to have is kept here. */
class ShippedLog implements LogWriter {
  readonly #send: (at: number, bytes: Buffer) => void;
  #pending: string[] = [];
  #pendingBytes = 0;
  #pieces: Piece[] = [];
  /** In `#pieces`. */
  #keptBytes = 0;
  /** Where the next piece begins. */
  #at = 0;
  #lines = 0;
  #isFull = false;
  #isClosed = false;
  #relief: (() => void)[] = [];

  constructor(send: (at: number, bytes: Buffer) => void) {
    this.#send = send;
  }

  get overfull(): boolean {
    return this.#keptBytes + this.#pendingBytes >= OVERFULL_BYTES;
  }

  append(line: LogLine): void {
    if (this.#isFull || this.#isClosed) return;
    const text = encodeLine(line);
    const bytes = Buffer.byteLength(text);
    if (this.#at + this.#pendingBytes + bytes > MAX_BYTES) {
      this.#isFull = true;
      const full = `This log has reached its limit of ${MAX_BYTES / 1_000_000} MB. What the attempt writes from here on is not kept.`;
      this.#push(encodeLine({ t: line.t, level: "warn", source: "system", text: full }));
      return;
    }
    this.#push(text, bytes);
    if (this.#pendingBytes >= SEND_BYTES) this.flush();
  }

  flush(): void {
    if (this.#pendingBytes === 0) return;
    const piece = { at: this.#at, bytes: Buffer.from(this.#pending.join("")) };
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#pieces.push(piece);
    this.#at += piece.bytes.length;
    this.#keptBytes += piece.bytes.length;
    this.#send(piece.at, piece.bytes);
  }

  relieved(callback: () => void): void {
    if (this.overfull) this.#relief.push(callback);
    else callback();
  }

  discard(): void {
    this.#isFull = true;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#pieces = [];
    this.#keptBytes = 0;
    this.#relieve();
  }

  /** Does not wait for the server: what is sent after it, such as the attempt's end, comes after it there too. */
  close(done: () => void): void {
    if (this.#lines > 0 && !this.#isClosed) this.#push(encodeEnd(this.#lines));
    this.#isClosed = true;
    this.flush();
    done();
  }

  kept(bytes: number): void {
    this.#pieces = this.#pieces.filter((piece) => {
      const isKept = piece.at + piece.bytes.length <= bytes;
      if (isKept) this.#keptBytes -= piece.bytes.length;
      return !isKept;
    });
    this.#relieve();
  }

  goOnFrom(bytes: number): void {
    this.kept(bytes);
    for (const piece of this.#pieces) this.#send(piece.at, piece.bytes);
  }

  #push(text: string, bytes: number = Buffer.byteLength(text)): void {
    this.#lines += 1;
    this.#pending.push(text);
    this.#pendingBytes += bytes;
  }

  #relieve(): void {
    if (this.overfull) return;
    const relief = this.#relief;
    this.#relief = [];
    for (const callback of relief) callback();
  }
}
