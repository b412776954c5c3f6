import { refusalOf } from "@millrace/core";
import type { Link } from "./link.ts";
import type { AnswerMessage, Asked, FromWorker, ToWorker } from "./messages.ts";

export type ServerLink = Link<ToWorker, FromWorker>;

/** What came of a question, with bytes that are the asker's. */
export interface Answered {
  readonly message: AnswerMessage;
  readonly payload: Buffer;
}

interface Asking {
  readonly asked: Asked;
  readonly bytes: Uint8Array;
  readonly answer: PromiseWithResolvers<Answered>;
}

/** A connection was lost under something that has to be begun again on the next. */
export class ConnectionLost extends Error {}

/** Questions of a worker. Those that a lost connection left open are asked again on the next. */
export class Asks {
  readonly #open = new Map<number, Asking>();
  #link: ServerLink | null = null;
  #lastId = 0;

  /** @throws what the server refused it with. */
  ask(asked: Asked, bytes: Uint8Array = NO_BYTES): Promise<Answered> {
    this.#lastId += 1;
    const asking: Asking = { asked, bytes, answer: Promise.withResolvers() };
    if (asked.what === "keep" && this.#link === null) return Promise.reject(new ConnectionLost());
    this.#open.set(this.#lastId, asking);
    this.#send(this.#lastId, asking);
    return asking.answer.promise;
  }

  answered(message: AnswerMessage, payload: Buffer): void {
    const asking = this.#open.get(message.id);
    this.#open.delete(message.id);
    if (message.error === null) asking?.answer.resolve({ message, payload: Buffer.from(payload) });
    else asking?.answer.reject(refusalOf(message.error));
  }

  /** Asks over this connection from now on; with null there is none. */
  use(link: ServerLink | null): void {
    this.#link = link;
    for (const [id, asking] of this.#open) {
      // Half an artifact went with the connection.
      if (asking.asked.what === "keep") {
        this.#open.delete(id);
        asking.answer.reject(new ConnectionLost());
      } else this.#send(id, asking);
    }
  }

  #send(id: number, { asked, bytes }: Asking): void {
    this.#link?.send({ kind: "ask", id, ...asked }, bytes);
  }
}

const NO_BYTES = new Uint8Array(0);
