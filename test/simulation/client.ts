import type { Command, CommandAnswer, CommandId, RunId, Store } from "@millrace/core";
import type { SimulatedProcess } from "./simulated-process.ts";

const ASK_AGAIN_MS = 900;

/** What somebody asked for, and what came of it. */
export interface Asked {
  readonly id: CommandId;
  readonly command: Command;
  answer: CommandAnswer | undefined;
}

/** Somebody who wants something of the leader, wherever that is: puts commands into the store until they are there, and
 * looks until they are answered. */
export class Client {
  readonly #process: SimulatedProcess;
  readonly #store: Store;
  readonly #asked: Asked[] = [];

  constructor(process: SimulatedProcess, store: Store) {
    this.#process = process;
    this.#store = store;
  }

  get asked(): readonly Asked[] {
    return this.#asked;
  }

  get unanswered(): readonly Asked[] {
    return this.#asked.filter(({ answer }) => answer === undefined);
  }

  /** The runs that were made for somebody. */
  get runs(): readonly RunId[] {
    return this.#asked.flatMap(({ answer }) => (answer?.ok === true && answer.run !== null ? [answer.run] : []));
  }

  ask(command: Command): void {
    const id = `command ${this.#asked.length + 1}` as CommandId;
    const asked: Asked = { id, command, answer: undefined };
    this.#asked.push(asked);
    this.#send(asked);
  }

  #later(act: () => void): void {
    this.#process.steadyClock.after(ASK_AGAIN_MS, act);
  }

  #send(asked: Asked): void {
    const { id, command } = asked;
    const createdAtMs = this.#process.clock.now();
    this.#store.insertCommand({ id, actor: "somebody", createdAtMs, command }).then(
      () => this.#look(asked),
      () => this.#later(() => this.#send(asked)),
    );
  }

  #look(asked: Asked): void {
    this.#store.findAnswer(asked.id).then(
      (answer) => {
        if (answer === undefined) this.#later(() => this.#look(asked));
        else asked.answer = answer;
      },
      () => this.#later(() => this.#look(asked)),
    );
  }
}
