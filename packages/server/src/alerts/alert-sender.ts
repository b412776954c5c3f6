import { type AlertDelivery, afterTry, type Clock, type SendOutcome, type Store } from "@millrace/core";
import type { AlertSettings } from "./alert-settings.ts";
import { type SenderParts, sendAlert } from "./channels/send-alert.ts";
import { Rounds } from "./rounds.ts";

export interface AlertSenderParts extends SenderParts {
  readonly store: Pick<Store, "alerts">;
  readonly clock: Clock;
  readonly settings: () => Promise<AlertSettings>;
  readonly isLeading: () => boolean;
  /** A delivery was given up. Must not throw. */
  readonly onGivenUp: (delivery: AlertDelivery) => void;
  /** Told of what failed, and is tried again. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** Whoever tries a delivery has it for so long, in milliseconds: should it die meanwhile, somebody else tries again. */
const TAKEN_MS = 60_000;
const AT_ONCE = 8;
/** Others add deliveries too, and tell nobody. */
const LOOK_MS = 5_000;
/** Deliveries that ended longer ago are removed, in milliseconds. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;
const TIDY_MS = 60 * 60 * 1_000;

/** Sends what waits to be sent, and writes down what came of it. */
export class AlertSender {
  readonly #parts: AlertSenderParts;
  readonly #rounds: Rounds;
  #tidiedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: AlertSenderParts) {
    this.#parts = parts;
    this.#rounds = new Rounds(parts.clock, { round: () => this.#round(), onError: parts.onError });
  }

  start(): void {
    this.#rounds.start();
  }

  /** Waits for what is being sent. */
  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  wake(): void {
    this.#rounds.wake();
  }

  async #round(): Promise<number> {
    const { store, clock, isLeading } = this.#parts;
    const nowMs = clock.now();
    if (!isLeading()) return nowMs + LOOK_MS;
    if (nowMs - this.#tidiedAtMs >= TIDY_MS) {
      this.#tidiedAtMs = nowMs;
      await store.alerts.removeEnded(nowMs - KEPT_MS);
    }
    const due = await store.alerts.listDue(nowMs, AT_ONCE);
    await Promise.all(due.map((delivery) => this.send(delivery)));
    const next = await store.alerts.nextDueAtMs();
    return Math.min(next ?? Number.POSITIVE_INFINITY, clock.now() + LOOK_MS);
  }

  /** Tries a delivery once. Gives it as it is then; as it was, where somebody else has it. */
  async send(delivery: AlertDelivery): Promise<AlertDelivery> {
    const { store, clock, onGivenUp } = this.#parts;
    const taken = { ...delivery, nextAtMs: clock.now() + TAKEN_MS };
    if (!(await store.alerts.change(delivery, taken))) return delivery;
    const outcome = await this.#try(delivery);
    const after = afterTry(taken, outcome, clock.now());
    await store.alerts.change(taken, after);
    if (after.state === "failed") onGivenUp(after);
    return after;
  }

  async #try({ id, rule: ruleName, channel: name, message }: AlertDelivery): Promise<SendOutcome> {
    const { clock, readVault, env } = this.#parts;
    const { rules } = await this.#parts.settings();
    const rule = rules.find((each) => each.name === ruleName);
    const channel = rule?.channels.find((each) => each.name === name);
    if (channel !== undefined)
      return await sendAlert(channel, message, { id, nowMs: clock.now(), parts: { readVault, env } });
    const what = rule === undefined ? `the rule ${ruleName}` : `the channel ${name}`;
    return { kind: "refused", text: `The configuration has ${what} no more.` };
  }
}
