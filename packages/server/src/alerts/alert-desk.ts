import {
  type AlertDelivery,
  type AlertRule,
  type Clock,
  type DeliveryFilter,
  didYouMean,
  MillraceError,
  makeAlertId,
  type Store,
  testMessage,
  triedAgain,
} from "@millrace/core";
import type { AlertSender } from "./alert-sender.ts";
import type { AlertSettings } from "./alert-settings.ts";
import { waiting } from "./alert-watch.ts";

export interface AlertDeskParts {
  readonly store: Pick<Store, "alerts">;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly settings: () => Promise<AlertSettings>;
  readonly sender: Pick<AlertSender, "send">;
}

/** What people may ask about alerts, of any process of a project. */
export class AlertDesk {
  readonly #parts: AlertDeskParts;

  constructor(parts: AlertDeskParts) {
    this.#parts = parts;
  }

  /** The rules of the active version. */
  async rules(): Promise<readonly AlertRule[]> {
    return (await this.#parts.settings()).rules;
  }

  list(filter: DeliveryFilter): Promise<readonly AlertDelivery[]> {
    return this.#parts.store.alerts.list(filter);
  }

  /** @throws MillraceError `UNKNOWN_ALERT`. */
  async get(id: string): Promise<AlertDelivery> {
    const found = await this.#parts.store.alerts.find(id);
    if (found !== undefined) return found;
    throw new MillraceError("UNKNOWN_ALERT", `There is no message "${id}".`, {
      hint: "`millrace alert log` lists them; those that ended a month ago are removed.",
    });
  }

  /**
   * Sends a message through each channel of a rule, here and now. One that does not arrive is not tried again: whoever tests
   * sees why.
   *
   * @throws MillraceError `UNKNOWN_ALERT`.
   */
  async test(ruleName: string): Promise<readonly AlertDelivery[]> {
    const { clock, chance, store, settings } = this.#parts;
    const { rules, publicUrl } = await settings();
    const rule = rules.find(({ name }) => name === ruleName);
    if (rule === undefined) throw unknownRule(ruleName, rules);
    const nowMs = clock.now();
    const message = testMessage(ruleName, { nowMs, publicUrl });
    const made = rule.channels.map(({ name: channel }) =>
      waiting({ id: makeAlertId(nowMs, chance), rule: ruleName, channel, message, madeAtMs: nowMs }),
    );
    for (const delivery of made) await store.alerts.add(delivery);
    return await Promise.all(made.map((delivery) => this.#sendOnce(delivery)));
  }

  async #sendOnce(delivery: AlertDelivery): Promise<AlertDelivery> {
    const { store, clock, sender } = this.#parts;
    const tried = await sender.send(delivery);
    if (tried.state !== "waiting" || tried.tries.length === 0) return tried;
    const ended: AlertDelivery = { ...tried, state: "failed", nextAtMs: null, endedAtMs: clock.now() };
    await store.alerts.change(tried, ended);
    return ended;
  }

  /**
   * Tries a message again, here and now; if it still does not arrive, the leader goes on trying.
   *
   * @throws MillraceError `UNKNOWN_ALERT`.
   */
  async retry(id: string): Promise<AlertDelivery> {
    const { store, clock, sender } = this.#parts;
    const before = await this.get(id);
    const again = triedAgain(before, clock.now());
    // Somebody else tries it at this moment: that is as good.
    if (!(await store.alerts.change(before, again))) return await this.get(id);
    return await sender.send(again);
  }
}

function unknownRule(name: string, rules: readonly AlertRule[]): MillraceError {
  const names = rules.map((rule) => rule.name);
  const none = "The active version has none: write `alerts` into millrace.config.ts.";
  return new MillraceError("UNKNOWN_ALERT", `There is no alert rule "${name}".`, {
    hint: names.length === 0 ? none : didYouMean(name, names, "alert rules"),
  });
}
