import {
  type AttemptId,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptPlace,
  type AttemptReport,
  type AttemptRow,
  type Epoch,
  type Executor,
  errorInfo,
  hasLabels,
  MillraceError,
  type ReportAnswer,
  type ResourcePolicy,
  type RunId,
  type StopReason,
  type WorkerLabels,
} from "@millrace/core";
import type { WebSocket } from "ws";
import { stoppedOutcome } from "../processes/outcomes.ts";
import { Link } from "./link.ts";
import { LogSink } from "./log-sink.ts";
import { type AskMessage, CLOSE, type FromWorker, type Hello, type ToWorker, WORKER_SILENT_MS } from "./messages.ts";
import { checkHello, outcomeOf } from "./nonsense.ts";
import { RemoteWorker, type RemoteWorkerView, type WorkerLink } from "./remote-worker.ts";

export interface RemoteWorkersOptions {
  /** Where the log of an attempt lies. */
  readonly logPath: (run: RunId, attempt: AttemptId) => string;
  /** Answers what a worker asks for. The payload is the asker's again when this comes back. */
  readonly answer: (ask: AskMessage, payload: Buffer, link: WorkerLink) => void;
  /** Whether what is said here may still be acted upon; see the leadership. */
  readonly isTrusted: () => boolean;
  /** Writes a worker down before it is given anything, so that the next leader knows to wait for it. Never rejects. */
  readonly remember?: (worker: RemoteWorkerView) => Promise<void>;
  /** The worker is gone for good, by its id. Must not throw. */
  readonly forget?: (worker: string) => void;
  /** Whether an attempt that no worker brought along may be with another server. Defaults to no. */
  readonly isElsewhere?: (attempt: AttemptId) => boolean;
  /** What came over this connection is of no use any more. Must not throw. */
  readonly closed?: (link: WorkerLink) => void;
  /** For people. Must not throw. */
  readonly onNews?: (news: RemoteWorkerNews) => void;
  /** A log cannot be written. Must not throw. */
  readonly onProblem?: (error: unknown) => void;
  /** A worker that was silent for so long is lost, in milliseconds. Defaults to 10,000. */
  readonly silentMs?: number;
}

export interface RemoteWorkerNews {
  /** `away`: its connection is gone, and it is waited for. `lost`: it did not come back. `left`: it said goodbye. */
  readonly change: "joined" | "back" | "away" | "lost" | "left";
  readonly worker: RemoteWorkerView;
}

/** Between two looks at the silent, in milliseconds. */
const TICK_MS = 500;
/** Whoever connects says who it is within this time, in milliseconds. */
const HELLO_MS = 5_000;

/** Whoever is told to take nothing new says so within this time, in milliseconds. */
const ANSWER_MS = 2_000;

/** An attempt that is with a worker, or on its way to one. */
interface Placed {
  readonly id: AttemptId;
  readonly run: RunId;
  readonly epoch: Epoch;
  /** Null for one that an earlier leader started. */
  readonly order: AttemptOrder | null;
  /** Null while it waits for a worker that is free, or for the one that has it. */
  worker: RemoteWorker | null;
  /** `expected`: an earlier leader started it, and a worker may bring it along. */
  state: "waiting" | "expected" | "running" | "ended";
  stop: StopReason | null;
  log: LogSink | null;
  /** Once it has ended, until that is acknowledged. */
  end: AttemptReport | null;
}

/**
 * Runs attempts in workers elsewhere, which connect by themselves. One term of leading has one of these: when it is over
 * the workers keep their attempts, and bring them to whoever leads next.
 */
export class RemoteWorkers implements Executor {
  readonly #options: RemoteWorkersOptions;
  readonly #silentMs: number;
  readonly #workers = new Map<string, RemoteWorker>();
  readonly #placed = new Map<AttemptId, Placed>();
  readonly #waiting = new Set<Placed>();
  /** Workers that were there before this server led, by id: they may come back with attempts of former leaders. */
  readonly #expected = new Set<string>();
  readonly #links = new Set<WorkerLink>();
  #onReport: (report: AttemptReport) => void = () => undefined;
  #onRoom: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #tickedAtMs = 0;
  /** Since this began to be ready for workers. */
  #waitedMs = 0;
  #isStopped = false;

  constructor(options: RemoteWorkersOptions) {
    this.#options = options;
    this.#silentMs = options.silentMs ?? WORKER_SILENT_MS;
  }

  get capacity(): number {
    return sum(this.#workers, ({ capacity }) => capacity);
  }

  get resources(): ResourcePolicy {
    return {
      cpuMillis: sum(this.#workers, ({ resources }) => resources.cpuMillis),
      memoryBytes: sum(this.#workers, ({ resources }) => resources.memoryBytes),
    };
  }

  slotsFor(labels: WorkerLabels): number {
    return sum(this.#workers, (worker) => (hasLabels(worker.labels, labels) ? worker.capacity : 0));
  }

  /** How many attempts could begin at once, with these labels. */
  freeFor(labels: WorkerLabels): number {
    const free = sum(this.#workers, (worker) => (hasLabels(worker.labels, labels) ? Math.max(0, worker.free) : 0));
    return free - this.#waiting.size;
  }

  get workers(): readonly RemoteWorkerView[] {
    return [...this.#workers.values()].map((worker) => worker.view());
  }

  async start(onReport: (report: AttemptReport) => void, onRoom: () => void = () => undefined): Promise<void> {
    this.#onReport = onReport;
    this.#onRoom = onRoom;
    this.#tickedAtMs = performance.now();
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Lets the workers go, with what they run. Twice is fine. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#onReport = () => undefined;
    this.#onRoom = () => undefined;
    for (const link of this.#links) link.end(CLOSE.leadsNoMore, "this server does not lead any more");
    const sinks = [...this.#placed.values()].flatMap(({ log }) => log ?? []);
    await Promise.all(sinks.map((sink) => sink.written()));
  }

  /** Workers of former leaders will come, by their ids: until they have, or have not for too long, no attempt is lost. */
  expect(workers: readonly string[]): void {
    for (const worker of workers) this.#expected.add(worker);
  }

  // What the engine says

  startAttempt(order: AttemptOrder): void {
    const known = this.#placed.get(order.attempt);
    if (known?.end) this.#onReport(known.end);
    if (known !== undefined || this.#isStopped) return;
    const placed = newlyPlaced(order, order);
    this.#placed.set(placed.id, placed);
    this.#waiting.add(placed);
    this.#place();
  }

  cancelAttempt(id: AttemptId, reason: StopReason): void {
    const placed = this.#placed.get(id);
    if (placed === undefined || placed.state === "ended") return;
    placed.stop ??= reason;
    if (placed.order !== null && placed.state === "waiting") this.#end(placed, stoppedOutcome(reason, placed.order));
    else placed.worker?.link?.send({ kind: "cancel", attempt: id, reason });
  }

  acknowledge(id: AttemptId, answer: ReportAnswer): void {
    const placed = this.#placed.get(id);
    if (placed === undefined) return;
    this.#placed.delete(id);
    this.#waiting.delete(placed);
    placed.worker?.link?.send({ kind: "acknowledge", attempt: id, answer });
    if (placed.state === "running") this.#free(placed);
  }

  placeOf(id: AttemptId): AttemptPlace | undefined {
    return this.#placed.get(id)?.worker?.place;
  }

  alive(): readonly AttemptId[] {
    return [...this.#placed.keys()];
  }

  /** Takes an attempt over that a worker may have, as long as there are some to come. */
  adopt({ id, run, epoch }: AttemptRow): boolean {
    const known = this.#placed.get(id);
    if (known !== undefined) return known.order === null;
    if (this.#expected.size === 0) return false;
    this.#placed.set(id, newlyPlaced({ attempt: id, run, epoch }, null));
    return true;
  }

  /**
   * The worker remembers it, and says it to whoever leads next.
   *
   * @throws MillraceError `USAGE` where it does not say so soon.
   */
  async drainWorker(id: string, isDraining: boolean): Promise<boolean> {
    const worker = this.#workers.get(id);
    if (worker === undefined || worker.link === null) return false;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.onSlots = resolve;
    const timer = setTimeout(() => reject(saidNothing(worker)), ANSWER_MS);
    worker.link.send({ kind: "drain", isDraining });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      worker.onSlots = null;
    }
    return true;
  }

  async #remember(worker: RemoteWorker): Promise<void> {
    await this.#options.remember?.(worker.view());
  }

  // What workers say

  /** Takes a connection of somebody who may be a worker. */
  accept(socket: WebSocket): void {
    let worker: RemoteWorker | null = null;
    let isKnown = false;
    const link: WorkerLink = new Link<FromWorker, ToWorker>(socket, {
      message: (message, payload) => {
        if (worker !== null) this.#hear(worker, message, payload);
        else if (message.kind === "hello" && !isKnown) {
          isKnown = true;
          const hello = checkHello(message);
          void this.#welcome(hello, link).then((welcomed) => {
            worker = welcomed;
          });
        } else throw new Error("the first word of a worker is hello");
      },
      closed: (code) => {
        clearTimeout(timer);
        this.#links.delete(link);
        this.#options.closed?.(link);
        if (worker !== null) this.#left(worker, link, code);
      },
    });
    const timer = setTimeout(() => {
      if (!isKnown) link.end(CLOSE.nonsense, "no hello came");
    }, HELLO_MS).unref();
    this.#links.add(link);
    if (this.#isStopped) link.end(CLOSE.leadsNoMore, "this server does not lead any more");
  }

  /** Finds out what it brings along, and lets it in. */
  async #welcome(hello: Hello, link: WorkerLink): Promise<RemoteWorker> {
    const known = this.#workers.get(hello.id);
    known?.link?.end(CLOSE.replaced, "the worker has connected anew");
    const worker = known ?? new RemoteWorker(hello, link, Date.now());
    await this.#options.remember?.({ ...worker.view(), slots: hello.slots });
    const held = hello.held.flatMap((attempt) => this.#heldBy(worker, attempt as AttemptId) ?? []);
    const logs = await Promise.all(
      held.map(async (placed) => [placed.id, await this.#sinkOf(placed).bytes()] as const),
    );
    if (!link.isOpen || this.#isStopped) return worker;
    // Some may have been given up meanwhile.
    const mine = held.filter(({ id }) => this.#heldBy(worker, id) !== undefined);
    this.#workers.set(hello.id, worker);
    worker.link = link;
    worker.slots = hello.slots;
    worker.silentMs = 0;
    this.#bind(worker, mine);
    const ids = new Set(mine.map(({ id }) => id));
    const gone = hello.held.filter((attempt) => !ids.has(attempt as AttemptId));
    link.send({ kind: "welcome", gone, logs });
    for (const { id, stop } of mine) if (stop !== null) link.send({ kind: "cancel", attempt: id, reason: stop });
    this.#loseUnheld(worker, hello);
    if (this.#expected.delete(hello.id) && this.#expected.size === 0) this.#loseExpected();
    this.#changed(known === undefined ? "joined" : "back", worker);
    return worker;
  }

  /** An attempt that the worker names and that is to go on there. */
  #heldBy(worker: RemoteWorker, id: AttemptId): Placed | undefined {
    const placed = this.#placed.get(id);
    if (placed === undefined || placed.state === "ended") return undefined;
    return placed.worker === worker || placed.state === "expected" ? placed : undefined;
  }

  #bind(worker: RemoteWorker, mine: readonly Placed[]): void {
    for (const placed of mine) {
      if (placed.state === "expected") worker.adopted.add(placed.id);
      placed.state = "running";
      placed.worker = worker;
      worker.running.add(placed.id);
    }
  }

  /** What it was given and does not have never reached it. */
  #loseUnheld(worker: RemoteWorker, { held }: Hello): void {
    const has = new Set(held);
    for (const id of Array.from(worker.running)) {
      const placed = this.#placed.get(id);
      if (has.has(id) || placed === undefined) continue;
      if (placed.order !== null) worker.link?.send(startOf(placed.order), placed.order.input);
      else this.#end(placed, lostOutcome(`the worker ${worker.hello.name} does not have this attempt any more`));
    }
  }

  #hear(worker: RemoteWorker, message: FromWorker, payload: Buffer): void {
    worker.silentMs = 0;
    if (!this.#options.isTrusted()) return;
    switch (message.kind) {
      case "hello":
        throw new Error("a worker says hello once");
      case "beat":
        worker.link?.send({ kind: "beat" });
        return;
      case "slots":
        worker.slots = Math.max(0, Math.trunc(Number(message.slots)));
        void this.#remember(worker).then(() => worker.onSlots?.());
        this.#makeUseOfRoom();
        return;
      case "ask":
        this.#asked(worker, message, payload);
        return;
      case "started":
      case "data":
      case "ended":
        this.#reported(worker, message, payload);
        return;
      case "log":
        this.#logged(worker, message, payload);
        return;
      default:
        throw new Error("a message of no known kind");
    }
  }

  #asked(worker: RemoteWorker, message: AskMessage, payload: Buffer): void {
    const { link } = worker;
    if (link === null) return;
    const { what, id } = message;
    const isOfAttempt = what === "secret" || what === "variable" || what === "token";
    const attempt = isOfAttempt ? (message.attempt as AttemptId) : null;
    const placed = attempt !== null && worker.running.has(attempt) ? this.#placed.get(attempt) : undefined;
    if (!isOfAttempt) this.#options.answer(message, payload, link);
    else if (placed !== undefined) {
      this.#options.answer(what === "token" ? { ...message, run: placed.run } : message, payload, link);
    } else {
      const error = errorInfo("MISSING_SECRET", `The ${what} is for attempts that run, and this one does not.`);
      link.send({ kind: "answer", id, error });
    }
  }

  #reported(worker: RemoteWorker, message: ReportMessage, payload: Buffer): void {
    const placed = this.#placed.get(message.attempt as AttemptId);
    if (placed === undefined || placed.worker !== worker) {
      worker.link?.send({ kind: "acknowledge", attempt: message.attempt, answer: "gone" });
      return;
    }
    if (placed.state !== "running") {
      if (placed.end !== null) this.#onReport(placed.end);
      return;
    }
    const { id: attempt, run, epoch } = placed;
    if (message.kind === "ended") this.#end(placed, outcomeOf(message.outcome, payload), message.atMs);
    else if (message.kind === "started") {
      this.#onReport({ kind: "started", run, attempt, epoch, atMs: message.atMs, pid: message.pid });
    } else this.#onReport({ kind: "data", run, attempt, epoch, data: message.data });
  }

  #logged(worker: RemoteWorker, { attempt, at }: LogMessage, payload: Buffer): void {
    const placed = this.#placed.get(attempt as AttemptId);
    const answer = (bytes: number): void => worker.link?.send({ kind: "logged", attempt, bytes });
    // The worker keeps it until it is told not to.
    if (placed === undefined || placed.worker !== worker) answer(at + payload.length);
    else this.#sinkOf(placed).take(at, Buffer.from(payload), answer);
  }

  #sinkOf(placed: Placed): LogSink {
    const { logPath, onProblem } = this.#options;
    placed.log ??= new LogSink(logPath(placed.run, placed.id), onProblem ?? (() => undefined));
    return placed.log;
  }

  // Giving and losing

  #place(): void {
    for (const placed of this.#waiting) {
      const { order } = placed;
      const worker = order === null ? undefined : this.#freest(order.workers ?? {});
      if (worker === undefined || order === null) continue;
      this.#waiting.delete(placed);
      placed.worker = worker;
      placed.state = "running";
      worker.running.add(placed.id);
      worker.link?.send(startOf(order), order.input);
    }
  }

  /** Of those that have the labels, the one with the most room. */
  #freest(labels: WorkerLabels): RemoteWorker | undefined {
    let best: RemoteWorker | undefined;
    for (const worker of this.#workers.values()) {
      if (worker.free > (best?.free ?? 0) && hasLabels(worker.labels, labels)) best = worker;
    }
    return best;
  }

  /** It has ended: first its log is written, then it is told. */
  #end(placed: Placed, outcome: AttemptOutcome, atMs: number = Date.now()): void {
    placed.state = "ended";
    this.#waiting.delete(placed);
    this.#free(placed);
    const { id: attempt, run, epoch, log } = placed;
    const tell = (): void => {
      placed.end = { kind: "ended", run, attempt, epoch, atMs, outcome };
      this.#onReport(placed.end);
    };
    if (log === null) tell();
    else void log.written().then(tell);
  }

  #free({ id, worker }: Placed): void {
    worker?.forget(id);
    this.#place();
  }

  #left(worker: RemoteWorker, link: WorkerLink, code: number): void {
    if (worker.link !== link) return;
    worker.link = null;
    if (code === CLOSE.leaving) this.#lose(worker, `the worker ${worker.hello.name} has left`, "left");
    else this.#changed("away", worker);
  }

  /** Watches for silence by its own ticks: whoever was frozen itself finds nobody guilty. */
  #tick(): void {
    const nowMs = performance.now();
    const elapsedMs = Math.min(nowMs - this.#tickedAtMs, 2 * TICK_MS);
    this.#tickedAtMs = nowMs;
    this.#waitedMs += elapsedMs;
    for (const worker of this.#workers.values()) {
      worker.silentMs += elapsedMs;
      if (worker.silentMs > this.#silentMs) {
        this.#lose(
          worker,
          `nothing was heard of the worker ${worker.hello.name} for ${this.#silentMs / 1_000} seconds`,
        );
      }
    }
    if (this.#expected.size === 0 || this.#waitedMs <= this.#silentMs) return;
    for (const id of this.#expected) this.#options.forget?.(id);
    this.#expected.clear();
    this.#loseExpected();
  }

  #lose(worker: RemoteWorker, why: string, change: "lost" | "left" = "lost"): void {
    this.#workers.delete(worker.hello.id);
    const { link } = worker;
    worker.link = null;
    link?.drop(why);
    for (const id of worker.running) {
      const placed = this.#placed.get(id);
      if (placed !== undefined) this.#end(placed, lostOutcome(why));
    }
    this.#options.forget?.(worker.hello.id);
    this.#changed(change, worker);
  }

  #loseExpected(): void {
    for (const placed of this.#placed.values()) {
      if (placed.state !== "expected") continue;
      if (this.#options.isElsewhere?.(placed.id) === true) this.#placed.delete(placed.id);
      else this.#end(placed, lostOutcome("the worker that ran this attempt did not come back"));
    }
  }

  #changed(change: RemoteWorkerNews["change"], worker: RemoteWorker): void {
    this.#options.onNews?.({ change, worker: worker.view() });
    this.#makeUseOfRoom();
  }

  #makeUseOfRoom(): void {
    this.#place();
    this.#onRoom();
  }
}

type ReportMessage = Extract<FromWorker, { readonly kind: "started" | "data" | "ended" }>;
type LogMessage = Extract<FromWorker, { readonly kind: "log" }>;

/** @param order null for what an earlier leader has started. */
function newlyPlaced(
  { attempt: id, run, epoch }: Pick<AttemptOrder, "attempt" | "run" | "epoch">,
  order: AttemptOrder | null,
): Placed {
  const state = order === null ? "expected" : "waiting";
  return { id, run, epoch, order, worker: null, state, stop: null, log: null, end: null };
}

function saidNothing({ hello: { name, version } }: RemoteWorker): MillraceError {
  return new MillraceError("USAGE", `The worker ${name} did not answer within ${ANSWER_MS / 1_000} seconds.`, {
    hint: `It may be of a version that cannot be drained: it says ${version}. SIGTERM lets it end what it has, and leave.`,
  });
}

function startOf({ input: _input, ...order }: AttemptOrder): ToWorker {
  return { kind: "start", order };
}

/** Whatever became of its worker, the task could not help it. */
function lostOutcome(why: string): AttemptOutcome {
  return { state: "lost", error: errorInfo("PROCESS_DIED", `${why}.`), spendsCrashBudget: false };
}

function sum(workers: ReadonlyMap<string, RemoteWorker>, count: (worker: RemoteWorker) => number): number {
  let total = 0;
  for (const worker of workers.values()) total += count(worker);
  return total;
}
