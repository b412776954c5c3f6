import type { WebSocket } from "ws";
import { encodeBinaryFrame, encodeFrame, FrameReader } from "../framing/frame.ts";
import { CLOSE } from "./messages.ts";

/** A peer that does not say goodbye too is not waited for longer, in milliseconds. */
const GOODBYE_MS = 1_000;

/** What comes of a connection. */
export interface LinkListener<In> {
  /** The payload is good only until the call returns. What is thrown here ends the connection. */
  message(message: In, payload: Buffer): void;
  /** It is over, whoever ended it; nothing comes any more. Told once. */
  closed(code: number, reason: string): void;
}

/** One end of a connection between server and worker: messages with payloads, in their order. */
export class Link<In, Out> {
  readonly #socket: WebSocket;
  readonly #listener: LinkListener<In>;
  /** Frames of this turn, which go in one message: what a commit sets off is one write. */
  #waiting: Buffer[] = [];
  #isOver = false;

  constructor(socket: WebSocket, listener: LinkListener<In>) {
    this.#socket = socket;
    this.#listener = listener;
    const frames = new FrameReader((header, payload) => listener.message(JSON.parse(header) as In, payload));
    socket.on("message", (data: Buffer) => {
      if (this.#isOver) return;
      try {
        frames.push(data);
      } catch (error) {
        this.end(CLOSE.nonsense, error instanceof Error ? error.message : String(error));
      }
    });
    // A socket that fails closes too.
    socket.on("error", () => undefined);
    socket.once("close", (code, reason) => this.#over(code, reason.toString("utf8")));
  }

  get isOpen(): boolean {
    return !this.#isOver;
  }

  send(message: Out, payload: string | Uint8Array = ""): void {
    if (this.#isOver) return;
    const header = JSON.stringify(message);
    this.#waiting.push(typeof payload === "string" ? encodeFrame(header, payload) : encodeBinaryFrame(header, payload));
    if (this.#waiting.length === 1) queueMicrotask(() => this.#flush());
  }

  /** Says why, and is over at once. Twice is fine. */
  end(code: number, reason: string): void {
    this.#flush();
    // No reason may have more bytes than fit into a control frame.
    if (!this.#isOver) {
      this.#socket.close(code, Buffer.from(reason).subarray(0, 120).toString("utf8"));
      setTimeout(() => this.#socket.terminate(), GOODBYE_MS).unref();
    }
    this.#over(code, reason);
  }

  /** Lets go of a peer that does not answer. */
  drop(reason: string): void {
    this.#socket.terminate();
    this.#over(1006, reason);
  }

  #flush(): void {
    const frames = this.#waiting;
    if (frames.length === 0) return;
    this.#waiting = [];
    if (this.#isOver) return;
    const [first] = frames;
    this.#socket.send(frames.length === 1 && first !== undefined ? first : Buffer.concat(frames), { compress: false });
  }

  #over(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.closed(code, reason);
  }
}
