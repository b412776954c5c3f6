import {
  type AttemptId,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptReport,
  type EncodedText,
  type Executor,
  MillraceError,
  type ReportAnswer,
  type RunId,
  toErrorInfo,
  type VaultKind,
  type VersionFile,
  type VersionId,
  type WorkerLabels,
} from "@millrace/core";
import type { LogStore } from "../logs/log-store.ts";
import type { ProcessExecutorOptions, VersionPlace } from "../processes/executor-options.ts";
import { createProcessExecutor } from "../processes/process-executor.ts";
import { ArtifactCache, artifactsOf } from "./artifact-cache.ts";
import { Asks, type ServerLink } from "./asks.ts";
import { type FromWorker, type Hello, PROTOCOL, type SentOutcome, type ToWorker } from "./messages.ts";
import { ServerCall, type ServerCallNews, type Welcome } from "./server-call.ts";
import { ShippedLogs } from "./shipped-logs.ts";
import { unpacked } from "./unpacked.ts";

export interface WorkerHostOptions {
  /** Addresses of servers of one project; they are tried one after the other until one takes this worker. */
  readonly servers: readonly string[];
  /** Asked before each connection, so that a token may be changed while the worker lives. Null where none is needed. */
  readonly readToken: () => Promise<string | null>;
  /** Who this is: of this process alone, and for people. */
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly version: string;
  readonly labels: WorkerLabels;
  readonly projectDir: string;
  /** Artifacts are kept there; of this process alone. */
  readonly artifactsDir: string;
  /** Puts a version on this disk, if it is not there, and says where its modules are. */
  readonly placeVersion: (version: VersionId, fetch: () => Promise<readonly VersionFile[]>) => Promise<VersionPlace>;
  readonly mark?: string;
  readonly slots?: number;
  readonly resources?: ProcessExecutorOptions["resources"];
  /** Must not throw. */
  readonly onNews: (news: WorkerNews) => void;
}

export type WorkerNews =
  | ServerCallNews
  /** No server was heard for so long that others may run these attempts: they are ended here. */
  | { readonly kind: "gave_up"; readonly attempts: number };

type Ended = Extract<AttemptReport, { readonly kind: "ended" }>;
/** When an attempt that is being stopped is to have told its end, in milliseconds after it. */
const LAST_WORDS_MS = 2_000;

/**
 * A worker: runs attempts for a server elsewhere, over a connection that it opens. What runs goes on while there is none,
 * and what was not told is told on the next.
 */
export class WorkerHost {
  readonly #options: WorkerHostOptions;
  readonly #asks = new Asks();
  readonly #logs = new ShippedLogs();
  readonly #artifacts: ArtifactCache;
  readonly #call: ServerCall;
  readonly #preparing = new Set<AttemptId>();
  /** Ends that nobody has acknowledged. */
  readonly #ended = new Map<AttemptId, Ended>();
  readonly #releases = new Map<AttemptId, () => void>();
  #unsentData: FromWorker[] = [];
  #executor: Executor;
  /** It takes nothing new: it is about to leave, or somebody has said so. */
  #isLeaving = false;
  #isDraining = false;
  #link: ServerLink | null = null;
  #connected = Promise.withResolvers<void>();
  /** Set while somebody waits for the last attempt to be over. */
  #onIdle: (() => void) | null = null;
  #givingUp: Promise<void> | null = null;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
    this.#artifacts = new ArtifactCache(options.artifactsDir, this.#asks);
    this.#executor = this.#makeExecutor();
    this.#call = new ServerCall({
      servers: options.servers,
      readToken: options.readToken,
      hello: () => this.#hello(),
      onNews: options.onNews,
      message: (message, payload) => this.#hear(message, payload),
      connected: (link, welcome) => this.#use(link, welcome),
      lost: () => this.#rest(),
      silent: () => void this.#giveUp(),
    });
  }

  /** Rejects with what a server says that will not take this worker. Else it calls and works until `stop`. */
  async run(): Promise<void> {
    await this.#artifacts.clear();
    await this.#executor.start((report) => this.#report(report));
    await this.#call.run();
  }

  get #slots(): number {
    return this.#isLeaving || this.#isDraining ? 0 : this.#executor.capacity;
  }

  /** How many attempts it has. */
  get busy(): number {
    return this.#held().length;
  }

  /** Takes nothing new, lets what runs end for up to `drainMs`, then ends it at no cost to its tasks, and leaves. */
  async leave(drainMs: number): Promise<void> {
    this.#isLeaving = true;
    this.#link?.send({ kind: "slots", slots: this.#slots });
    await this.#idleWithin(drainMs);
    await this.#executor.stop();
    if (this.#link !== null) await this.#idleWithin(LAST_WORDS_MS);
    this.#call.stop();
    await this.#artifacts.clear();
  }

  // Who this is

  #hello(): Hello {
    const { id, name, host, version, labels } = this.#options;
    const { resources } = this.#executor;
    return {
      kind: "hello",
      protocol: PROTOCOL,
      id,
      name,
      host,
      version,
      labels,
      pid: process.pid,
      slots: this.#slots,
      resources: resources ?? { cpuMillis: 0, memoryBytes: 0 },
      held: this.#held(),
    };
  }

  #held(): readonly AttemptId[] {
    return [...new Set([...this.#preparing, ...this.#executor.alive(), ...this.#ended.keys()])];
  }

  #makeExecutor(): Executor {
    const { projectDir, artifactsDir, mark, slots, resources, placeVersion } = this.#options;
    return createProcessExecutor({
      projectDir,
      artifactsDir,
      logs: this.#logs as Pick<LogStore, "writer"> as LogStore,
      resolveVersion: (version) => placeVersion(version, () => this.#fetchVersion(version)),
      readVault: (kind, name, attempt) => this.#readVault(kind, name, attempt as AttemptId),
      apiToken: (run, attempt) => this.#apiToken(run, attempt),
      ...(mark === undefined ? {} : { mark }),
      ...(slots === undefined ? {} : { workers: slots }),
      ...(resources === undefined ? {} : { resources }),
    });
  }

  async #fetchVersion(version: VersionId): Promise<readonly VersionFile[]> {
    return unpacked(await this.#asks.ask({ what: "version", version }));
  }

  async #readVault(what: VaultKind, name: string, attempt: AttemptId): Promise<string> {
    const { payload } = await this.#asks.ask({ what, attempt, name });
    return payload.toString("utf8");
  }

  async #apiToken(run: RunId, attempt: AttemptId): Promise<string> {
    return (await this.#asks.ask({ what: "token", attempt, run })).payload.toString("utf8");
  }

  // The connection

  #use(link: ServerLink, { gone, logs }: Welcome): void {
    this.#link = link;
    for (const attempt of gone) this.#acknowledge(attempt as AttemptId, "gone");
    this.#asks.use(link);
    // What an attempt said is there before its end is.
    this.#logs.use(link, logs);
    for (const message of this.#unsentData.splice(0)) link.send(message);
    this.#connected.resolve();
    for (const ended of this.#ended.values()) void this.#tell(ended);
  }

  #rest(): void {
    this.#link = null;
    this.#connected = Promise.withResolvers();
    this.#asks.use(null);
    this.#logs.rest();
  }

  /** Whoever leads may have started these attempts elsewhere by now. */
  async #giveUp(): Promise<void> {
    const attempts = this.#executor.alive().length;
    if (this.#givingUp !== null || attempts === 0) return;
    this.#options.onNews({ kind: "gave_up", attempts });
    const former = this.#executor;
    this.#executor = this.#makeExecutor();
    this.#givingUp = former.stop();
    await this.#givingUp;
    await this.#executor.start((report) => this.#report(report));
    this.#givingUp = null;
  }

  #hear(message: ToWorker, payload: Buffer): void {
    switch (message.kind) {
      case "welcome":
      case "beat":
        return;
      case "start":
        void this.#start({ ...message.order, input: payload.toString("utf8") as EncodedText });
        return;
      case "cancel":
        this.#executor.cancelAttempt(message.attempt as AttemptId, message.reason);
        return;
      case "drain":
        this.#isDraining = message.isDraining;
        this.#link?.send({ kind: "slots", slots: this.#slots });
        return;
      case "acknowledge":
        this.#acknowledge(message.attempt as AttemptId, message.answer);
        return;
      case "logged":
        this.#logs.logged(message.attempt as AttemptId, message.bytes);
        return;
      case "answer":
        this.#asks.answered(message, payload);
        return;
    }
  }

  // The life of an attempt

  async #start(order: AttemptOrder): Promise<void> {
    const { attempt } = order;
    const ended = this.#ended.get(attempt);
    if (ended !== undefined) return await this.#tell(ended);
    if (this.#preparing.has(attempt)) return;
    const artifacts = artifactsOf(order);
    if (artifacts.length > 0) {
      this.#releases.set(attempt, this.#artifacts.hold(artifacts));
      const absent = artifacts.filter((artifact) => !this.#artifacts.has(artifact));
      if (absent.length > 0) await this.#prepare(order, absent);
    }
    await this.#givingUp;
    this.#executor.startAttempt(order);
  }

  /** What cannot be had the attempt will find missing, and say so. */
  async #prepare({ attempt }: AttemptOrder, absent: readonly Parameters<ArtifactCache["fetch"]>[0][]): Promise<void> {
    this.#preparing.add(attempt);
    await Promise.allSettled(absent.map((artifact) => this.#artifacts.fetch(artifact)));
    this.#preparing.delete(attempt);
  }

  #acknowledge(attempt: AttemptId, answer: ReportAnswer): void {
    this.#ended.delete(attempt);
    this.#executor.acknowledge(attempt, answer);
    this.#logs.forget(attempt);
    this.#releases.get(attempt)?.();
    this.#releases.delete(attempt);
    if (this.#onIdle !== null && this.busy === 0) this.#onIdle();
  }

  #report(report: AttemptReport): void {
    const { attempt } = report;
    switch (report.kind) {
      case "started":
        this.#link?.send({ kind: "started", attempt, atMs: report.atMs, pid: report.pid });
        return;
      case "data": {
        const message = { kind: "data", attempt, data: report.data } as const;
        if (this.#link === null) this.#unsentData.push(message);
        else this.#link.send(message);
        return;
      }
      case "ended": {
        const known = this.#ended.get(attempt) ?? report;
        this.#ended.set(attempt, known);
        void this.#tell(known);
        return;
      }
    }
  }

  /** Tells an end over the connection there is. Without one it is told over the next. */
  async #tell(ended: Ended): Promise<void> {
    const { attempt, atMs, outcome } = ended;
    const [told, text] = toldOf(outcome);
    if (outcome.state === "success" && outcome.output.kind === "artifact") {
      try {
        await this.#artifacts.send(outcome.output.artifact, () => this.#connected.promise);
      } catch (cause) {
        this.#undelivered(ended, cause);
        return;
      }
    }
    this.#link?.send({ kind: "ended", attempt, atMs, outcome: told }, text);
  }

  /** An output that the server cannot be given is none: its disk may be full. */
  #undelivered(ended: Ended, cause: unknown): void {
    const error = new MillraceError("ARTIFACT_MISSING", "The output could not be brought to the server.", { cause });
    const outcome = { state: "failed", error: toErrorInfo(error), retryable: true, retryAfterMs: null } as const;
    const failed: Ended = { ...ended, outcome };
    this.#ended.set(ended.attempt, failed);
    void this.#tell(failed);
  }

  async #idleWithin(ms: number): Promise<void> {
    if (this.busy === 0) return;
    const idle = Promise.withResolvers<void>();
    this.#onIdle = idle.resolve;
    const timer = setTimeout(idle.resolve, ms);
    await idle.promise;
    clearTimeout(timer);
    this.#onIdle = null;
  }
}

function toldOf(outcome: AttemptOutcome): readonly [outcome: SentOutcome, text: string] {
  if (outcome.state !== "success") return [outcome, ""];
  const { output } = outcome;
  if (output.kind !== "inline") return [{ state: "success", output }, ""];
  return [{ state: "success", output: { kind: "inline" } }, output.text];
}
