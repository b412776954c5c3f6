import type { AttemptOrder } from "../attempt/order.ts";
import type { AttemptPlace } from "../attempt/place.ts";
import type { AttemptReport, ReportAnswer } from "../attempt/report.ts";
import type { AttemptId } from "../ids.ts";
import type { ResourcePolicy } from "../spec/policies.ts";
import type { WorkerLabels } from "../worker-labels.ts";
import type { AttemptRow } from "./rows.ts";

/** Why an attempt is stopped; the outcome it ends with says the same. */
export type StopReason = "cancelled" | "timed_out";

/**
 * A place where attempts run. Handed to the engine, which never looks behind it.
 *
 * Delivery: `startAttempt` is idempotent by attempt id. Reports go to the listener given to `start`; an `ended` report
 * is repeated until `acknowledge`. An attempt has ended only when its whole process tree is dead.
 */
export interface Executor {
  /** How many attempts run at once. */
  readonly capacity: number;
  /** What attempts may claim of the machine, all together. Left out where claims are not counted. */
  readonly resources?: ResourcePolicy | undefined;
  /** @param onRoom called when there is more or less room than there was, for those executors whose room changes. */
  /**
   * Whether there may be more by and by, so that what asks for more than there is waits, and is not refused. Left out where
   * it stays as it is.
   */
  readonly mayGrow?: boolean;
  start(onReport: (report: AttemptReport) => void, onRoom?: () => void): Promise<void>;
  /** How many attempts that want these labels run at once. Left out where every attempt runs anywhere. */
  slotsFor?(labels: WorkerLabels): number;
  /** Ends every attempt (their reports say `lost` without spending a crash budget) and every process. */
  stop(): Promise<void>;
  startAttempt(order: AttemptOrder): void;
  /** Unknown ids are ignored: that attempt has ended already. */
  cancelAttempt(attempt: AttemptId, reason: StopReason): void;
  /** The report was answered, durably: forget it. An attempt that is `gone` and still runs is ended. */
  acknowledge(attempt: AttemptId, answer: ReportAnswer): void;
  /**
   * Has a worker elsewhere take nothing new, or as much as before. Resolves when that is so and is written down; with
   * false where no such worker is connected.
   */
  drainWorker?(worker: string, isDraining: boolean): Promise<boolean>;
  /** Where an attempt is, until its end is acknowledged. Undefined: it waits for a worker, or nobody here knows. */
  placeOf?(attempt: AttemptId): AttemptPlace | undefined;
  /** Attempts that live here now, and those that were adopted. */
  alive(): readonly AttemptId[];
  /**
   * A new leader has found this attempt unfinished in the store. True: another server runs it, or has left its outcome in
   * the store; it takes no worker here, and is heard of until `acknowledge`. False, or no such method: nobody does.
   */
  adopt?(attempt: AttemptRow): boolean;
}
