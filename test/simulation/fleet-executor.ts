import {
  type AttemptId,
  type AttemptOrder,
  type AttemptReport,
  type Epoch,
  type Executor,
  errorInfo,
  type ReportAnswer,
  type RunId,
  type StopReason,
} from "@millrace/core";
import type { ToLeader, ToWorker } from "./messages.ts";
import type { Network } from "./network.ts";
import type { SimulatedProcess } from "./simulated-process.ts";

const HELLO_EVERY_MS = 2_000;
const HELLO_FIRST_MS = 500;
const RESEND_EVERY_MS = 1_000;
/** A worker that says nothing for so long is given up, with all it has. */
const SILENCE_MS = 14_000;

/** What is known of an attempt that was ordered here, or found when this leader began. */
interface Held {
  readonly worker: string;
  readonly run: RunId;
  /** Null when it was found. */
  readonly order: AttemptOrder | null;
  /** `sent`: not known to have arrived. `lost`: its worker is gone, and that is said until it is acknowledged. */
  state: "sent" | "there" | "ended" | "lost";
  stop: StopReason | null;
  /** Of a lost one: what is said. */
  report: AttemptReport | null;
}

interface KnownWorker {
  readonly life: number;
  heardAtMs: number;
}

export interface FleetSurroundings {
  readonly process: SimulatedProcess;
  readonly network: Network;
  readonly workers: readonly string[];
  readonly slotsPerWorker: number;
  readonly epoch: Epoch;
}

/** The leader's end of the way to the workers: what one leader has in memory of them. It ends with its process. */
export class FleetExecutor implements Executor {
  readonly capacity: number;
  readonly #around: FleetSurroundings;
  readonly #address: string;
  readonly #held = new Map<AttemptId, Held>();
  readonly #known = new Map<string, KnownWorker>();
  /** Reports that came, by worker, life and number: a copy is not passed on. */
  readonly #heard = new Set<string>();
  #onReport: (report: AttemptReport) => void = () => {};
  /** What is found with the workers is taken over; later it is gone, since nobody here ordered it. */
  #isStarting = true;
  #isOver = false;

  constructor(around: FleetSurroundings) {
    this.#around = around;
    this.capacity = around.workers.length * around.slotsPerWorker;
    this.#address = `${around.process.name} epoch ${around.epoch}`;
  }

  /** Resolves when every worker has said what it has, or has been silent for too long. */
  async start(onReport: (report: AttemptReport) => void): Promise<void> {
    const { process, network, workers } = this.#around;
    this.#onReport = onReport;
    network.listen(this.#address, (message) => void process.run(() => this.#hear(message as ToLeader)));
    const begunAtMs = process.steadyClock.now();
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#isOver) return;
        for (const worker of workers) this.#tell(worker, { kind: "hello" });
        this.#giveUpSilent();
        const isOver = process.steadyClock.now() - begunAtMs >= SILENCE_MS;
        if (isOver || workers.every((worker) => this.#known.has(worker))) {
          this.#isStarting = false;
          resolve();
        }
        this.#after(this.#isStarting ? HELLO_FIRST_MS : HELLO_EVERY_MS, look);
      };
      look();
      this.#resend();
    });
  }

  async stop(): Promise<void> {
    for (const [attempt, held] of this.#held) {
      this.#tell(held.worker, { kind: "acknowledge", attempt, answer: "gone" });
      this.#lose(attempt);
    }
  }

  /** Its engine has given up, or is dead. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Says and hears nothing any more; what runs with the workers goes on. */
  leave(): void {
    this.#isOver = true;
    this.#around.network.listen(this.#address, () => {});
  }

  startAttempt(order: AttemptOrder): void {
    if (this.#held.has(order.attempt)) return;
    const worker = this.#choose();
    this.#held.set(order.attempt, { worker, run: order.run, order, state: "sent", stop: null, report: null });
    this.#order(worker, order);
  }

  cancelAttempt(attempt: AttemptId, reason: StopReason): void {
    const held = this.#held.get(attempt);
    if (held === undefined) return;
    held.stop = reason;
    this.#tell(held.worker, { kind: "cancel", attempt, reason });
  }

  acknowledge(attempt: AttemptId, answer: ReportAnswer): void {
    const held = this.#held.get(attempt);
    this.#held.delete(attempt);
    const workers = held === undefined ? this.#around.workers : [held.worker];
    for (const worker of workers) this.#tell(worker, { kind: "acknowledge", attempt, answer });
  }

  alive(): readonly AttemptId[] {
    return [...this.#held].filter(([, { state }]) => state === "sent" || state === "there").map(([attempt]) => attempt);
  }

  #after(ms: number, act: () => void): void {
    this.#around.process.steadyClock.after(ms, act);
  }

  #tell(worker: string, says: ToWorker["says"]): void {
    this.#around.network.send(worker, { from: this.#address, epoch: this.#around.epoch, says });
  }

  #order(worker: string, order: AttemptOrder): void {
    this.#tell(worker, { kind: "order", order, life: this.#known.get(worker)?.life ?? 0 });
  }

  /** The one with the least to do, of those that were heard of. */
  #choose(): string {
    const load = new Map<string, number>([...this.#known.keys()].map((worker) => [worker, 0]));
    for (const { worker } of this.#held.values()) load.set(worker, (load.get(worker) ?? 0) + 1);
    let chosen = this.#around.workers[0] ?? "";
    for (const worker of this.#known.keys()) {
      if (!this.#known.has(chosen) || (load.get(worker) ?? 0) < (load.get(chosen) ?? 0)) chosen = worker;
    }
    return chosen;
  }

  #resend(): void {
    if (this.#isOver) return;
    for (const [attempt, { worker, order, state, stop, report }] of this.#held) {
      if (state === "sent" && order !== null) this.#order(worker, order);
      if (stop !== null && state !== "ended") this.#tell(worker, { kind: "cancel", attempt, reason: stop });
      if (report !== null) this.#onReport(report);
    }
    this.#after(RESEND_EVERY_MS, () => this.#resend());
  }

  #hear({ worker, life, says }: ToLeader): void {
    const known = this.#known.get(worker);
    if (this.#isOver || (known !== undefined && life < known.life)) return;
    if (known === undefined || life > known.life) this.#loseAllOf(worker);
    this.#known.set(worker, { life, heardAtMs: this.#around.process.steadyClock.now() });
    switch (says.kind) {
      case "here":
        this.#found(worker, says);
        return;
      case "accepted":
        this.#arrived(says.attempt);
        return;
      case "report":
        this.#passOn(worker, says.report, `${worker}/${life}/${says.number}`);
        return;
    }
  }

  #found(worker: string, { running, ended }: ToLeader["says"] & { kind: "here" }): void {
    for (const { attempt, run } of [...running, ...ended]) {
      if (this.#held.has(attempt)) this.#arrived(attempt);
      else if (this.#isStarting) {
        this.#held.set(attempt, { worker, run, order: null, state: "there", stop: null, report: null });
      } else this.#tell(worker, { kind: "acknowledge", attempt, answer: "gone" });
    }
  }

  #arrived(attempt: AttemptId): void {
    const held = this.#held.get(attempt);
    if (held?.state === "sent") held.state = "there";
  }

  #passOn(worker: string, report: AttemptReport, copy: string): void {
    if (this.#heard.has(copy)) return;
    this.#heard.add(copy);
    const held = this.#held.get(report.attempt);
    if (held !== undefined && held.worker === worker && held.state !== "lost") {
      held.state = report.kind === "ended" ? "ended" : "there";
    }
    this.#onReport(report);
  }

  #giveUpSilent(): void {
    const now = this.#around.process.steadyClock.now();
    for (const [worker, { heardAtMs }] of this.#known) {
      if (now - heardAtMs < SILENCE_MS) continue;
      this.#known.delete(worker);
      this.#loseAllOf(worker);
    }
  }

  #loseAllOf(worker: string): void {
    for (const [attempt, held] of this.#held) {
      if (held.worker === worker && held.state !== "ended") this.#lose(attempt);
    }
  }

  #lose(attempt: AttemptId): void {
    const held = this.#held.get(attempt);
    if (held === undefined || held.state === "lost") return;
    held.state = "lost";
    const error = errorInfo("PROCESS_DIED", "the worker of this attempt is gone");
    const outcome = { state: "lost", error, spendsCrashBudget: false } as const;
    const atMs = this.#around.process.clock.now();
    held.report = { kind: "ended", run: held.run, attempt, epoch: this.#around.epoch, atMs, outcome };
    this.#onReport(held.report);
  }
}
