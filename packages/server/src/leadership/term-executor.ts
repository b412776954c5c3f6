import {
  type AttemptId,
  type AttemptOrder,
  type AttemptPlace,
  type AttemptReport,
  type AttemptRow,
  type Executor,
  hasLabels,
  type ReportAnswer,
  type ResourcePolicy,
  type StopReason,
  type WorkerLabels,
} from "@millrace/core";
import type { RemoteWorkers } from "@millrace/executors/remote";
import type { AdoptedAttempts } from "./adopted-attempts.ts";

export interface TermExecutorParts {
  /** This server's own. */
  readonly own: Executor;
  /** What this server is, for tasks that ask for labels. Null: it runs whatever they ask for, as the only one there is. */
  readonly labels: WorkerLabels | null;
  /** Attempts that other servers still have. */
  readonly adopted: AdoptedAttempts;
  /** Workers in processes of their own. Null where none may connect. */
  readonly remote: RemoteWorkers | null;
}

const NO_LABELS: WorkerLabels = {};

/** What the engine of one term starts attempts with: here, with workers elsewhere, and those that others still have. */
export class TermExecutor implements Executor {
  readonly #parts: TermExecutorParts;
  /** Attempts that were started here and have not ended. */
  readonly #here = new Set<AttemptId>();

  constructor(parts: TermExecutorParts) {
    this.#parts = parts;
  }

  get capacity(): number {
    const { own, remote } = this.#parts;
    return own.capacity + (remote?.capacity ?? 0);
  }

  get resources(): ResourcePolicy | undefined {
    const { own, remote } = this.#parts;
    const here = own.resources;
    if (here === undefined || remote === null) return here;
    const there = remote.resources;
    return {
      cpuMillis: here.cpuMillis + there.cpuMillis,
      memoryBytes: here.memoryBytes + there.memoryBytes,
    };
  }

  get mayGrow(): boolean {
    const { own, remote } = this.#parts;
    return remote !== null && (own.capacity === 0 || remote.workers.length > 0);
  }

  slotsFor(labels: WorkerLabels): number {
    const { own, remote } = this.#parts;
    return (this.#has(labels) ? own.capacity : 0) + (remote?.slotsFor(labels) ?? 0);
  }

  async start(onReport: (report: AttemptReport) => void, onRoom?: () => void): Promise<void> {
    const { own, adopted, remote } = this.#parts;
    // What another server has no more may be what a worker has, which changed servers.
    adopted.start((report) => {
      if (remote?.alive().includes(report.attempt) === true) adopted.forget(report.attempt);
      else onReport(report);
    });
    await own.start((report) => {
      if (report.kind === "ended") this.#here.delete(report.attempt);
      onReport(report);
    });
    await remote?.start(onReport, onRoom);
  }

  async stop(): Promise<void> {
    const { own, adopted, remote } = this.#parts;
    await adopted.stop();
    await own.stop();
    await remote?.stop();
  }

  startAttempt(order: AttemptOrder): void {
    const { own, remote } = this.#parts;
    if (remote !== null && this.#goesElsewhere(remote, order.workers ?? NO_LABELS)) {
      remote.startAttempt(order);
      return;
    }
    this.#here.add(order.attempt);
    own.startAttempt(order);
  }

  /**
   * Where there is room: here first, which is nearest, but for what asks for labels, which leaves this server to the rest.
   * Where there is none, it waits with whoever has room for such attempts at all.
   */
  #goesElsewhere(remote: RemoteWorkers, labels: WorkerLabels): boolean {
    const { own } = this.#parts;
    const fitsHere = own.capacity > 0 && this.#has(labels);
    const hasRoomHere = fitsHere && this.#here.size < own.capacity;
    const hasRoomThere = remote.freeFor(labels) > 0;
    const wantsLabels = Object.keys(labels).length > 0;
    if (hasRoomThere) return wantsLabels || !hasRoomHere;
    if (hasRoomHere) return false;
    return !fitsHere || (wantsLabels && remote.slotsFor(labels) > 0);
  }

  #has(wanted: WorkerLabels): boolean {
    const { labels } = this.#parts;
    return labels === null || hasLabels(labels, wanted);
  }

  /** Whoever holds an adopted attempt finds in the store that it is to stop: that was written before this is called. */
  cancelAttempt(attempt: AttemptId, reason: StopReason): void {
    this.#parts.own.cancelAttempt(attempt, reason);
    this.#parts.remote?.cancelAttempt(attempt, reason);
  }

  acknowledge(attempt: AttemptId, answer: ReportAnswer): void {
    const { own, adopted, remote } = this.#parts;
    adopted.forget(attempt);
    own.acknowledge(attempt, answer);
    remote?.acknowledge(attempt, answer);
  }

  async drainWorker(worker: string, isDraining: boolean): Promise<boolean> {
    return (await this.#parts.remote?.drainWorker(worker, isDraining)) ?? false;
  }

  placeOf(attempt: AttemptId): AttemptPlace | undefined {
    const { own, remote } = this.#parts;
    return remote?.placeOf(attempt) ?? own.placeOf?.(attempt);
  }

  alive(): readonly AttemptId[] {
    const { own, adopted, remote } = this.#parts;
    return [...own.alive(), ...adopted.ids(), ...(remote?.alive() ?? [])];
  }

  adopt(attempt: AttemptRow): boolean {
    const { own, adopted, remote } = this.#parts;
    if (own.alive().includes(attempt.id)) return false;
    // Both may have a claim to it, until it is known which of them has it.
    const isWithServer = adopted.adopt(attempt);
    return remote?.adopt(attempt) === true || isWithServer;
  }
}
