import { type Executor, hasLabels, type WorkerRow } from "@millrace/core";

/**
 * An executor for looking only, as a process sees it that does not lead: its own, and the workers that the leader has
 * written down. What labels the leader itself has is not known here.
 */
export function seenExecutor(own: Executor, workers: readonly WorkerRow[]): Executor {
  const count = (fits: (worker: WorkerRow) => boolean): number =>
    workers.reduce((slots, worker) => (fits(worker) ? slots + worker.slots : slots), 0);
  return {
    capacity: own.capacity + count(() => true),
    resources: own.resources,
    slotsFor: (labels) => count((worker) => hasLabels(worker.labels, labels)),
    start: async () => undefined,
    stop: async () => undefined,
    startAttempt: () => undefined,
    cancelAttempt: () => undefined,
    acknowledge: () => undefined,
    alive: () => own.alive(),
  };
}
