import {
  type AttemptId,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptReport,
  type Epoch,
  errorInfo,
  type StopReason,
} from "@millrace/core";
import type { ToLeader, ToWorker } from "./messages.ts";
import type { Network } from "./network.ts";
import type { Plan, Script } from "./script.ts";
import type { Timeline } from "./timeline.ts";

const RESEND_EVERY_MS = 2_000;

interface Running {
  readonly order: AttemptOrder;
  /** What it still waits for. */
  readonly cancels: (() => void)[];
}

type Ended = AttemptReport & { readonly kind: "ended" };

/**
 * A worker far from any server: it runs what it is ordered to, whoever leads, and says how it ended again and again
 * until that is acknowledged. When it dies, everything in it is gone, and another life of it begins.
 */
export class Worker {
  readonly name: string;
  readonly #timeline: Timeline;
  readonly #network: Network;
  readonly #script: Script;
  readonly #running = new Map<AttemptId, Running>();
  readonly #ended = new Map<AttemptId, Ended>();
  readonly #seen = new Set<AttemptId>();
  #life = 1;
  #messages = 0;
  #leader: { readonly address: string; readonly epoch: Epoch } | undefined;

  constructor(name: string, surroundings: { timeline: Timeline; network: Network; script: Script }) {
    this.name = name;
    this.#timeline = surroundings.timeline;
    this.#network = surroundings.network;
    this.#script = surroundings.script;
    this.#network.listen(name, (message) => this.#hear(message as ToWorker));
    this.#sayAgain();
  }

  /** Attempts whose work goes on here. */
  get running(): readonly AttemptId[] {
    return [...this.#running.keys()];
  }

  /** Ends that nobody has acknowledged. */
  get unheard(): number {
    return this.#ended.size;
  }

  /** Dies with all it has, and comes back with nothing. */
  die(): void {
    for (const attempt of this.running) this.#drop(attempt);
    this.#ended.clear();
    this.#seen.clear();
    this.#leader = undefined;
    this.#life += 1;
  }

  #sayAgain(): void {
    this.#timeline.after(RESEND_EVERY_MS, `${this.name} says it again`, () => {
      for (const report of this.#ended.values()) this.#report(report);
      this.#sayAgain();
    });
  }

  #hear({ from, epoch, says }: ToWorker): void {
    if (says.kind === "hello" && epoch >= (this.#leader?.epoch ?? 0)) {
      this.#leader = { address: from, epoch };
      const running = Array.from(this.#running.values(), ({ order: { attempt, run } }) => ({ attempt, run }));
      const ended = Array.from(this.#ended.values(), ({ attempt, run }) => ({ attempt, run }));
      this.#say({ kind: "here", running, ended });
    }
    // Only the newest leader that was heard of is obeyed.
    if (epoch !== this.#leader?.epoch) return;
    switch (says.kind) {
      case "hello":
        return;
      case "order":
        if (says.life === this.#life) this.#begin(says.order);
        return;
      case "cancel":
        this.#stop(says.attempt, says.reason);
        return;
      case "acknowledge":
        if (says.answer === "gone") this.#drop(says.attempt);
        this.#ended.delete(says.attempt);
        return;
    }
  }

  #say(says: ToLeader["says"]): void {
    if (this.#leader !== undefined)
      this.#network.send(this.#leader.address, { worker: this.name, life: this.#life, says });
  }

  #report(report: AttemptReport): void {
    this.#messages += 1;
    this.#say({ kind: "report", report, number: this.#messages });
  }

  #begin(order: AttemptOrder): void {
    const { run, attempt, epoch, timeoutMs } = order;
    this.#say({ kind: "accepted", attempt });
    if (this.#seen.has(attempt)) return;
    this.#seen.add(attempt);
    const running: Running = { order, cancels: [] };
    this.#running.set(attempt, running);
    this.#report({ kind: "started", run, attempt, epoch, atMs: this.#timeline.nowMs, pid: 1 });
    if (timeoutMs !== null) this.#later(running, timeoutMs, () => this.#stop(attempt, "timed_out"));
    this.#follow(running, this.#script.planOf(order));
  }

  #follow(running: Running, { reports, outcome, afterMs }: Plan): void {
    const { run, attempt, epoch } = running.order;
    for (const { data, atMs } of reports) {
      this.#later(running, atMs, () => this.#report({ kind: "data", run, attempt, epoch, data }));
    }
    if (outcome !== null) this.#later(running, afterMs, () => this.#end(attempt, outcome(this.#timeline.nowMs)));
  }

  #later(running: Running, ms: number, act: () => void): void {
    running.cancels.push(this.#timeline.after(ms, `${this.name} works`, act));
  }

  #stop(attempt: AttemptId, reason: StopReason): void {
    if (reason === "cancelled") this.#end(attempt, { state: "cancelled" });
    else this.#end(attempt, { state: "timed_out", error: errorInfo("TIMEOUT", "it took too long") });
  }

  #end(attempt: AttemptId, outcome: AttemptOutcome): void {
    const running = this.#running.get(attempt);
    if (running === undefined) return;
    this.#drop(attempt);
    const { run, epoch } = running.order;
    const report: Ended = { kind: "ended", run, attempt, epoch, atMs: this.#timeline.nowMs, outcome };
    this.#ended.set(attempt, report);
    this.#report(report);
  }

  #drop(attempt: AttemptId): void {
    for (const cancel of this.#running.get(attempt)?.cancels ?? []) cancel();
    this.#running.delete(attempt);
  }
}
