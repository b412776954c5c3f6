import type { AlertDelivery, Alerts, DeliveryFilter, VersionedAlertState } from "@millrace/core";
import type { Act } from "./act.ts";
import type { AlertDeliveryTable } from "./schema.ts";
import {
  addAlertDelivery,
  alertDeliveryFromColumns,
  alertDeliveryToColumns,
  alertStateFromColumns,
  changeAlertDelivery,
  findAlertDelivery,
  findNextAlertDelivery,
  listAlertDeliveries,
  listAlertDeliveriesInState,
  listAlertDeliveriesOfRule,
  listAlertDeliveriesOfRuleInState,
  listDueAlertDeliveries,
  putAlertState,
  readAlertState,
  removeEndedAlertDeliveries,
} from "./tables/alert.ts";
import type { VaultAccess } from "./vault.ts";

/** An act with its values. */
interface GivenAct {
  readonly act: Act<object, unknown>;
  readonly given: object;
}

export interface AlertAccess extends VaultAccess {
  /** Both in one transaction: the first, and where it gives a row, the others. Gives whether it did. */
  readonly writeIf: (first: GivenAct, others: readonly GivenAct[]) => Promise<boolean>;
}

/** Sorts after every id. */
const AFTER_ALL = "~";

/** What is kept of alerts, on any database. */
export class StoreAlerts implements Alerts {
  readonly #access: AlertAccess;

  constructor(access: AlertAccess) {
    this.#access = access;
  }

  async readState(): Promise<VersionedAlertState | undefined> {
    const [row] = await this.#access.read(readAlertState, {});
    return row === undefined ? undefined : alertStateFromColumns(row);
  }

  async advance({ version, state }: VersionedAlertState, deliveries: readonly AlertDelivery[]): Promise<boolean> {
    const put = bound(putAlertState, { version, state: JSON.stringify(state) });
    const added = deliveries.map((delivery) => bound(addAlertDelivery, alertDeliveryToColumns(delivery)));
    return await this.#access.writeIf(put, added);
  }

  async add(delivery: AlertDelivery): Promise<void> {
    await this.#access.write(addAlertDelivery, alertDeliveryToColumns(delivery));
  }

  async find(id: string): Promise<AlertDelivery | undefined> {
    const [row] = await this.#access.read(findAlertDelivery, { id });
    return row === undefined ? undefined : alertDeliveryFromColumns(row);
  }

  async list(filter: DeliveryFilter): Promise<readonly AlertDelivery[]> {
    return (await this.#listRows(filter)).map(alertDeliveryFromColumns);
  }

  async #listRows({ rule, state, before = AFTER_ALL, limit }: DeliveryFilter): Promise<AlertDeliveryTable[]> {
    const page = { before, limit };
    if (rule === undefined) {
      return state === undefined
        ? await this.#access.read(listAlertDeliveries, page)
        : await this.#access.read(listAlertDeliveriesInState, { ...page, state });
    }
    return state === undefined
      ? await this.#access.read(listAlertDeliveriesOfRule, { ...page, rule })
      : await this.#access.read(listAlertDeliveriesOfRuleInState, { ...page, rule, state });
  }

  async listDue(nowMs: number, limit: number): Promise<readonly AlertDelivery[]> {
    return (await this.#access.read(listDueAlertDeliveries, { until: nowMs, limit })).map(alertDeliveryFromColumns);
  }

  async nextDueAtMs(): Promise<number | undefined> {
    return (await this.#access.read(findNextAlertDelivery, {}))[0]?.next_at;
  }

  async change(before: AlertDelivery, after: AlertDelivery): Promise<boolean> {
    const was = alertDeliveryToColumns(before);
    const { id, state, next_at, ended_at, tries } = alertDeliveryToColumns(after);
    const changed = await this.#access.write(changeAlertDelivery, {
      id,
      next_before: was.next_at,
      tries_before: was.tries,
      state,
      next_at,
      ended_at,
      tries,
    });
    return changed.length > 0;
  }

  async removeEnded(beforeMs: number): Promise<number> {
    return (await this.#access.write(removeEndedAlertDeliveries, { before: beforeMs })).length;
  }
}

function bound<Args extends object, Row>(act: Act<Args, Row>, given: NoInfer<Args>): GivenAct {
  return { act: act as unknown as Act<object, unknown>, given };
}
