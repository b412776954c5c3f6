import type { AlertDelivery, Clock, EventRow, Store, VaultKind } from "@millrace/core";
import { AlertDesk } from "./alert-desk.ts";
import { AlertSender } from "./alert-sender.ts";
import { AlertSettingsReader, type Versions } from "./alert-settings.ts";
import { AlertWatch } from "./alert-watch.ts";

export interface AlertServiceParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly versions: Versions;
  readonly readVault: (kind: VaultKind, name: string) => Promise<string>;
  readonly isLeading: () => boolean;
  /** Told of deliveries that were given up, and of what failed here and is tried again. Must not throw. */
  readonly onNews: (news: AlertNews) => void;
}

export type AlertNews =
  | { readonly kind: "alert_given_up"; readonly delivery: AlertDelivery }
  | { readonly kind: "alert_trouble"; readonly error: unknown };

/** Whoever does not answer by then is not waited for when a server stops: the next leader tries again. In milliseconds. */
const LEAVE_MS = 2_000;

/** Tells people what happens in a project, as long as its process leads. */
export class AlertService {
  readonly #clock: Clock;
  readonly #watch: AlertWatch;
  readonly #sender: AlertSender;
  /** For people, whether this process leads or not. */
  readonly desk: AlertDesk;

  constructor({ store, clock, chance, versions, readVault, isLeading, onNews }: AlertServiceParts) {
    this.#clock = clock;
    const reader = new AlertSettingsReader(store, versions);
    const settings = () => reader.read();
    const onError = (error: unknown): void => onNews({ kind: "alert_trouble", error });
    this.#sender = new AlertSender({
      store,
      clock,
      settings,
      isLeading,
      readVault,
      env: process.env,
      onGivenUp: (delivery) => onNews({ kind: "alert_given_up", delivery }),
      onError,
    });
    this.desk = new AlertDesk({ store, clock, chance, settings, sender: this.#sender });
    const onDeliveries = (): void => this.#sender.wake();
    this.#watch = new AlertWatch({ store, clock, chance, settings, isLeading, onDeliveries, onError });
  }

  start(): void {
    this.#watch.start();
    this.#sender.start();
  }

  /** What the engine of this process has committed. @param last the `seq` of the last of it, where it is known. */
  take(events: readonly EventRow[], last: number | undefined): void {
    this.#watch.take(events, last);
  }

  /** Twice is fine. */
  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(LEAVE_MS, resolve);
    await Promise.race([Promise.all([this.#watch.stop(), this.#sender.stop()]), promise]);
    cancel();
  }
}
