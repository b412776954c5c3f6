import type { AlertDelivery } from "../alerts/alert-delivery.ts";
import type { AlertState } from "../alerts/alert-state.ts";

/**
 * What the store remembers of alerts. The one who watches is known by the version of the state: who writes the next version
 * of it may, and everybody else reads it again first. So it needs no lead, and two who watch at once tell nothing twice.
 */
export interface Alerts {
  /** Undefined where nobody has ever watched. */
  readState(): Promise<VersionedAlertState | undefined>;
  /** Writes the next version of the state, and with it the messages it gave. False when it is not the next, and nothing is written. */
  advance(next: VersionedAlertState, deliveries: readonly AlertDelivery[]): Promise<boolean>;
  /** Adds a delivery that comes from no event. */
  add(delivery: AlertDelivery): Promise<void>;
  find(id: string): Promise<AlertDelivery | undefined>;
  /** The newest first. */
  list(filter: DeliveryFilter): Promise<readonly AlertDelivery[]>;
  /** Those that wait and whose time has come, the first due first. */
  listDue(nowMs: number, limit: number): Promise<readonly AlertDelivery[]>;
  /** When the next of those that wait is due; undefined when none waits. */
  nextDueAtMs(): Promise<number | undefined>;
  /** Writes a delivery anew, unless somebody has since: then it is false. */
  change(before: AlertDelivery, after: AlertDelivery): Promise<boolean>;
  /** Removes those that ended before an instant. Gives how many. */
  removeEnded(beforeMs: number): Promise<number>;
}

export interface VersionedAlertState {
  /** From 1, one more with each change. */
  readonly version: number;
  readonly state: AlertState;
}

export interface DeliveryFilter {
  readonly rule?: string;
  readonly state?: AlertDelivery["state"];
  /** Only those that come after this one in the list: the cursor of the next page. */
  readonly before?: string;
  readonly limit: number;
}
