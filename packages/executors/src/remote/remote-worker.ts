import type { AttemptId, AttemptPlace, ResourcePolicy, WorkerLabels } from "@millrace/core";
import type { Link } from "./link.ts";
import type { FromWorker, Hello, ToWorker } from "./messages.ts";

export type WorkerLink = Link<FromWorker, ToWorker>;

/** A worker in a process of its own, as others see it. */
export interface RemoteWorkerView {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** Of Millrace, there. */
  readonly version: string;
  readonly labels: WorkerLabels;
  /** How many attempts it takes at once; 0 when it is about to leave. */
  readonly slots: number;
  /** How many it has. */
  readonly busy: number;
  /** `away`: its connection is gone, and it may come back for a while. */
  readonly state: "connected" | "away";
  readonly sinceMs: number;
  /** Since it was heard last. */
  readonly silentMs: number;
}

/** What a server knows of one worker, from its first hello until it is lost. */
export class RemoteWorker {
  readonly hello: Hello;
  readonly sinceMs: number;
  /** Attempts that run there, or wait there for their files. */
  readonly running = new Set<AttemptId>();
  /** Of these, those that an earlier leader had started. */
  readonly adopted = new Set<AttemptId>();
  slots: number;
  /** Null while it is away. */
  link: WorkerLink | null;
  /** Since it was heard, counted in ticks of this server: one that was frozen itself has not seen others silent. */
  silentMs = 0;
  /** Told when it has said next how many it takes. */
  onSlots: (() => void) | null = null;

  constructor(hello: Hello, link: WorkerLink, nowMs: number) {
    this.hello = hello;
    this.slots = hello.slots;
    this.link = link;
    this.sinceMs = nowMs;
  }

  get labels(): WorkerLabels {
    return this.hello.labels;
  }

  get place(): AttemptPlace {
    const { name, host, pid } = this.hello;
    return { worker: name, host, pid };
  }

  get resources(): ResourcePolicy {
    return this.hello.resources;
  }

  /** How many more it takes now. */
  get free(): number {
    return this.link === null ? 0 : this.slots - this.running.size;
  }

  /**
   * How many attempts may be given to it in all, of those that count as given. Nobody counts those that were adopted; and
   * what it has it keeps while it is away, or about to leave.
   */
  get capacity(): number {
    const given = this.running.size - this.adopted.size;
    return this.link === null ? given : Math.max(given, this.slots - this.adopted.size);
  }

  forget(attempt: AttemptId): void {
    this.running.delete(attempt);
    this.adopted.delete(attempt);
  }

  view(): RemoteWorkerView {
    const { id, name, host, pid, version, labels } = this.hello;
    const { slots, sinceMs, silentMs } = this;
    const state = this.link === null ? "away" : "connected";
    return { id, name, host, pid, version, labels, slots, busy: this.running.size, state, sinceMs, silentMs };
  }
}
