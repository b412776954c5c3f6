import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type AttemptId,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptReport,
  decode,
  type EncodedText,
  type Epoch,
  type Executor,
  encode,
  type ItemPath,
  type RunId,
  type VersionId,
} from "@millrace/core";
import { draftsDir } from "../src/artifacts/artifact-format.ts";
import { BlockingArtifactReader } from "../src/artifacts/artifact-reader.ts";
import { FileArtifacts } from "../src/artifacts/file-artifacts.ts";
import { InputDecoder } from "../src/child/decode-input.ts";
import { createFileLogStore } from "../src/logs/file-log-store.ts";
import type { LogLine, LogStore } from "../src/logs/log-store.ts";
import type { VersionPlace } from "../src/processes/executor-options.ts";
import { readStartTicks } from "../src/processes/process-table.ts";
import { names } from "./fixtures/probes.ts";

/** The modules of the one version there is: the flows of all probes, and one that throws. */
const PROBES = fileURLToPath(new URL("./fixtures/probes.ts", import.meta.url));
const BROKEN = fileURLToPath(new URL("./fixtures/broken.ts", import.meta.url));
/** A program with an executor. */
export const SERVER = fileURLToPath(new URL("./fixtures/server.ts", import.meta.url));

/** Where a version lies, as executors on this machine are told. */
export const PLACE: VersionPlace = {
  dir: dirname(PROBES),
  configEntry: null,
  entryOf: (flow) => (flow === "broken" ? BROKEN : PROBES),
};

/** What an executor under test is given. */
export interface Surroundings {
  readonly projectDir: string;
  readonly artifactsDir: string;
  readonly logs: LogStore;
}

/** How an attempt went. */
export interface Ended {
  readonly id: AttemptId;
  readonly outcome: AttemptOutcome;
  readonly reports: readonly AttemptReport[];
  readonly lines: readonly LogLine[];
}

/** An attempt that is under way. */
export interface Running {
  readonly id: AttemptId;
  readonly ended: Promise<Ended>;
  /** Comes back when the attempt's log has a line with this text. */
  says(text: string): Promise<void>;
  /** Comes back when the executor has reported this kind of thing about it. */
  reports(kind: AttemptReport["kind"]): Promise<AttemptReport>;
}

/** An executor with all that it needs around it, and the ears of an engine. */
export class Stand {
  readonly dir: string;
  readonly executor: Executor;
  readonly artifacts: FileArtifacts;
  readonly logs: LogStore;
  /** Whether ends are acknowledged, as an engine does. */
  acknowledges = true;
  readonly reports: AttemptReport[] = [];
  readonly #listeners = new Set<(report: AttemptReport) => void>();
  #lastAttempt = 0;

  private constructor(dir: string, executor: Executor, logs: LogStore) {
    this.dir = dir;
    this.executor = executor;
    this.logs = logs;
    this.artifacts = new FileArtifacts(join(dir, "artifacts"));
  }

  static async open(make: (surroundings: Surroundings) => Executor): Promise<Stand> {
    const dir = await mkdtemp(join(tmpdir(), "millrace-executor-"));
    const logs = createFileLogStore({ dir: join(dir, "logs") });
    const stand = new Stand(dir, make({ projectDir: dir, artifactsDir: join(dir, "artifacts"), logs }), logs);
    await stand.executor.start((report) => stand.#hear(report));
    return stand;
  }

  async close(): Promise<void> {
    await this.executor.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** A name for a file that nobody has used yet. */
  newFile(): string {
    return join(this.dir, randomUUID());
  }

  order(probe: string, input: unknown = {}, more: Partial<AttemptOrder> = {}): AttemptOrder {
    this.#lastAttempt += 1;
    return {
      attempt: this.#lastAttempt as AttemptId,
      epoch: 7 as Epoch,
      version: "v1" as VersionId,
      run: "01RUN" as RunId,
      flow: "probes",
      node: names.indexOf(probe),
      item: "" as ItemPath,
      label: probe,
      number: 1,
      target: { kind: "task" },
      input: encode(input),
      params: encode({}),
      window: { startMs: 0, endMs: 0 },
      scheduledAtMs: null,
      slice: null,
      resumed: null,
      maxAttempts: 1,
      timeoutMs: null,
      graceMs: 5_000,
      isolation: "shared",
      memoryBytes: null,
      ...more,
    };
  }

  start(probe: string, input: unknown = {}, more: Partial<AttemptOrder> = {}): Running {
    const order = this.order(probe, input, more);
    const id = order.attempt;
    const ended = this.#whenReported(id, "ended").then(() => this.#endedOf(id));
    this.executor.startAttempt(order);
    return {
      id,
      ended,
      says: (text) => this.#whenSaid(order, text),
      reports: (kind) => this.#whenReported(id, kind),
    };
  }

  run(probe: string, input: unknown = {}, more: Partial<AttemptOrder> = {}): Promise<Ended> {
    return this.start(probe, input, more).ended;
  }

  /** Artifacts that were begun and neither finished nor taken back. */
  async drafts(): Promise<string[]> {
    return await readdir(draftsDir(join(this.dir, "artifacts"))).catch(() => []);
  }

  /** What a successful attempt returned. */
  async valueOf(ended: Ended): Promise<unknown> {
    const { outcome } = ended;
    if (outcome.state !== "success") throw new Error(`not a success: ${JSON.stringify(outcome)}`);
    if (outcome.output.kind === "none") return undefined;
    if (outcome.output.kind === "inline") return decode(outcome.output.text);
    const text = await this.artifacts.readAt(outcome.output.artifact, []);
    return new InputDecoder(new BlockingArtifactReader(join(this.dir, "artifacts"))).decode(
      text ?? ("" as EncodedText),
    );
  }

  #hear(report: AttemptReport): void {
    this.reports.push(report);
    if (report.kind === "ended" && this.acknowledges) this.executor.acknowledge(report.attempt, "recorded");
    for (const listener of this.#listeners) listener(report);
  }

  #whenReported(id: AttemptId, kind: AttemptReport["kind"]): Promise<AttemptReport> {
    const known = this.reports.find((report) => report.attempt === id && report.kind === kind);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
      const listener = (report: AttemptReport): void => {
        if (report.attempt !== id || report.kind !== kind) return;
        this.#listeners.delete(listener);
        resolve(report);
      };
      this.#listeners.add(listener);
    });
  }

  async #whenSaid(order: AttemptOrder, text: string): Promise<void> {
    const controller = new AbortController();
    const { run, attempt } = order;
    for await (const line of this.logs.follow({ run, attempt, from: 0, signal: controller.signal })) {
      if (line.text.includes(text)) return controller.abort();
    }
    throw new Error(`the attempt ended without saying "${text}"`);
  }

  async #endedOf(id: AttemptId): Promise<Ended> {
    const reports = this.reports.filter((report) => report.attempt === id);
    const last = reports.find((report) => report.kind === "ended");
    if (last?.kind !== "ended") throw new Error("an end without a report");
    const page = await this.logs.read({ run: "01RUN" as RunId, attempt: id, from: 0, limit: 1_000_000 });
    return { id, outcome: last.outcome, reports, lines: page.lines };
  }
}

/** The ids that processes wrote into a file. */
export async function pidsIn(file: string): Promise<number[]> {
  return (await readFile(file, "utf8")).trim().split("\n").map(Number);
}

export function isAlive(pid: number): boolean {
  return readStartTicks(pid) !== undefined;
}
