import type { AlertDelivery, Alerts, DeliveryFilter, VersionedAlertState } from "@millrace/core";
import type { MemoryDatabase } from "./database.ts";

export class MemoryAlerts implements Alerts {
  readonly #database: MemoryDatabase["alerts"];

  constructor({ alerts }: MemoryDatabase) {
    this.#database = alerts;
  }

  async readState(): Promise<VersionedAlertState | undefined> {
    return this.#database.state;
  }

  async advance(next: VersionedAlertState, deliveries: readonly AlertDelivery[]): Promise<boolean> {
    const { state } = this.#database;
    if (state !== undefined && state.version !== next.version - 1) return false;
    this.#database.state = next;
    for (const delivery of deliveries) this.#database.deliveries.set(delivery.id, delivery);
    return true;
  }

  async add(delivery: AlertDelivery): Promise<void> {
    this.#database.deliveries.set(delivery.id, delivery);
  }

  async find(id: string): Promise<AlertDelivery | undefined> {
    return this.#database.deliveries.get(id);
  }

  async list({ rule, state, before, limit }: DeliveryFilter): Promise<readonly AlertDelivery[]> {
    return [...this.#database.deliveries.values()]
      .filter((each) => rule === undefined || each.rule === rule)
      .filter((each) => state === undefined || each.state === state)
      .filter((each) => before === undefined || each.id < before)
      .sort((one, other) => (one.id > other.id ? -1 : 1))
      .slice(0, limit);
  }

  async listDue(nowMs: number, limit: number): Promise<readonly AlertDelivery[]> {
    return this.#waiting()
      .filter(({ nextAtMs }) => nextAtMs <= nowMs)
      .slice(0, limit)
      .map(({ delivery }) => delivery);
  }

  async nextDueAtMs(): Promise<number | undefined> {
    return this.#waiting()[0]?.nextAtMs;
  }

  #waiting() {
    return [...this.#database.deliveries.values()]
      .flatMap((delivery) => (delivery.nextAtMs === null ? [] : [{ nextAtMs: delivery.nextAtMs, delivery }]))
      .sort((one, other) => one.nextAtMs - other.nextAtMs || (one.delivery.id < other.delivery.id ? -1 : 1));
  }

  async change(before: AlertDelivery, after: AlertDelivery): Promise<boolean> {
    const now = this.#database.deliveries.get(before.id);
    if (now === undefined || now.state !== before.state || now.nextAtMs !== before.nextAtMs) return false;
    if (JSON.stringify(now.tries) !== JSON.stringify(before.tries)) return false;
    this.#database.deliveries.set(after.id, after);
    return true;
  }

  async removeEnded(beforeMs: number): Promise<number> {
    const old = [...this.#database.deliveries.values()].filter(
      ({ endedAtMs }) => endedAtMs !== null && endedAtMs < beforeMs,
    );
    for (const { id } of old) this.#database.deliveries.delete(id);
    return old.length;
  }
}
