import type { AlertChannel, AlertDelivery, AlertRule, DeliveryFilter } from "@millrace/core";

/** A rule as it may be shown: of a channel all else is, or may be, an address or a secret. */
export type ShownRule = Omit<AlertRule, "channels"> & {
  readonly channels: readonly Pick<AlertChannel, "name" | "kind">[];
};

/** What can be asked about alerts, of the project that is here or of a server elsewhere. */
export interface AlertAccess {
  rules(): Promise<readonly ShownRule[]>;
  list(filter: DeliveryFilter): Promise<readonly AlertDelivery[]>;
  get(id: string): Promise<AlertDelivery>;
  test(rule: string): Promise<readonly AlertDelivery[]>;
  retry(id: string): Promise<AlertDelivery>;
}
