import type { Chance } from "./chance.ts";
import type { Message } from "./messages.ts";
import type { Timeline } from "./timeline.ts";
import { travelMs, type Weather } from "./weather.ts";

/** Carries messages between servers and workers: some never, some twice, some late and after those sent later. */
export class Network {
  readonly #receivers = new Map<string, (message: Message) => void>();
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #weather: () => Weather;

  constructor(timeline: Timeline, chance: Chance, weather: () => Weather) {
    this.#timeline = timeline;
    this.#chance = chance;
    this.#weather = weather;
  }

  /** From now on messages to this address are given to `receive`. */
  listen(address: string, receive: (message: Message) => void): void {
    this.#receivers.set(address, receive);
  }

  send(to: string, message: Message): void {
    const { lost, twice, late } = this.#weather().messages;
    const { kind } = message.says;
    if (this.#chance.happens(lost)) {
      this.#timeline.note(`${kind} to ${to} is lost`);
      return;
    }
    const copies = this.#chance.happens(twice) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      this.#timeline.after(travelMs(this.#chance, late), `${to} hears ${kind}`, () =>
        this.#receivers.get(to)?.(message),
      );
    }
  }
}
