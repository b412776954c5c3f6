import { Worker } from "node:worker_threads";
import {
  type AskedPage,
  type AttemptPage,
  type ErrorInfo,
  type History,
  type ItemPath,
  MillraceError,
  type ReportPage,
  type RunFilter,
  type RunId,
  refusalOf,
  type TallyRange,
  type TaskRunPage,
  type TaskTimePage,
} from "@millrace/core";

/** What the thread is started with. */
export interface ReaderData {
  readonly path: string;
  readonly busyTimeoutMs: number;
}

export interface ReadRequest {
  readonly id: number;
  readonly method: keyof History;
  readonly args: readonly unknown[];
}

/** Asks for the next rows of a list. */
export interface MoreRequest {
  readonly id: number;
  readonly more: true;
}

/**
 * A list comes in parts, each asked for: to take a message apart holds the thread up that gets it, and between two of
 * them it does something else.
 */
export type ReadAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly rows: readonly unknown[]; readonly isLast: boolean }
  | { readonly id: number; readonly error: ErrorInfo };

/** The caller's own thread. */
export interface Here {
  readonly history: History;
  /** Whether others on this thread would notice a read. */
  isLong<Method extends keyof History>(method: Method, args: Parameters<History[Method]>): boolean;
}

interface Waiting {
  readonly rows: unknown[];
  resolve(value: never): void;
  reject(error: unknown): void;
}

/**
 * Reads the past without holding up the thread that the engine is on: what takes long goes to a thread of its own, which
 * starts when it is first needed. A few rows by their key are read at once, on the caller's thread: to ask another one
 * takes longer than that.
 */
export class ThreadedHistory implements History {
  readonly #data: ReaderData;
  readonly #here: Here;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #asked = 0;
  #isClosed = false;

  constructor(data: ReaderData, here: Here) {
    this.#data = data;
    this.#here = here;
  }

  async findRun(idOrPart: string) {
    return this.#read("findRun", idOrPart);
  }

  async findRuns(ids: readonly RunId[]) {
    return this.#read("findRuns", ids);
  }

  async listRuns(filter: RunFilter) {
    return this.#read("listRuns", filter);
  }

  async listNewestRuns(each: number) {
    return this.#read("listNewestRuns", each);
  }

  async listTaskRuns(run: RunId, page?: TaskRunPage) {
    return this.#read("listTaskRuns", run, page);
  }

  async listAsked(page: AskedPage) {
    return this.#read("listAsked", page);
  }

  async listNodeStates(runs: readonly RunId[]) {
    return this.#read("listNodeStates", runs);
  }

  async listStatesOf(run: RunId, nodes: readonly number[]) {
    return this.#read("listStatesOf", run, nodes);
  }

  async listAttempts(run: RunId, page?: AttemptPage) {
    return this.#read("listAttempts", run, page);
  }

  async listTaskRunsAt(run: RunId, node: number, item: ItemPath) {
    return this.#read("listTaskRunsAt", run, node, item);
  }

  async listAttemptsAt(run: RunId, node: number, item: ItemPath) {
    return this.#read("listAttemptsAt", run, node, item);
  }

  async listTaskTimes(page: TaskTimePage) {
    return this.#read("listTaskTimes", page);
  }

  async listReports(run: RunId, page?: ReportPage) {
    return this.#read("listReports", run, page);
  }

  async listEvents(run: RunId | null, after: number, limit: number) {
    return this.#read("listEvents", run, after, limit);
  }

  async tallyRuns(flow: string, over: TallyRange) {
    return this.#read("tallyRuns", flow, over);
  }

  async countRuns(fromMs: number, bucketMs: number) {
    return this.#read("countRuns", fromMs, bucketMs);
  }

  async lastEventSeq() {
    return this.#read("lastEventSeq");
  }

  /** Ends the thread. Reads under way are refused. Twice is fine. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.terminate();
  }

  #read<Method extends keyof History>(
    method: Method,
    ...args: Parameters<History[Method]>
  ): ReturnType<History[Method]> {
    type Read = (...args: Parameters<History[Method]>) => ReturnType<History[Method]>;
    const { history } = this.#here;
    const read = this.#here.isLong(method, args)
      ? () => this.#ask(method, args)
      : (history[method].bind(history) as Read);
    return read(...args);
  }

  #ask<Method extends keyof History>(method: Method, args: Parameters<History[Method]>): ReturnType<History[Method]> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw closed();
      const thread = this.#thread ?? this.#start();
      this.#asked += 1;
      this.#waiting.set(this.#asked, { rows: [], resolve, reject });
      // The process does not end while somebody waits, and does not stay for a thread that has nothing to do.
      thread.ref();
      thread.postMessage({ id: this.#asked, method, args } satisfies ReadRequest);
    }) as ReturnType<History[Method]>;
  }

  #start(): Worker {
    const thread = new Worker(new URL("./reader-thread.ts", import.meta.url), { workerData: this.#data });
    this.#thread = thread;
    thread.on("message", (answer: ReadAnswer) => this.#answered(thread, answer));
    thread.on("error", (error) => this.#refuseAll(error));
    thread.on("exit", () => {
      if (this.#thread === thread) this.#thread = undefined;
      this.#refuseAll(closed());
    });
    return thread;
  }

  #answered(thread: Worker, answer: ReadAnswer): void {
    const { id } = answer;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    if ("rows" in answer) {
      for (const row of answer.rows) waiting.rows.push(row);
      if (!answer.isLast) {
        thread.postMessage({ id, more: true } satisfies MoreRequest);
        return;
      }
    }
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) thread.unref();
    if ("error" in answer) waiting.reject(refusalOf(answer.error));
    else waiting.resolve(("rows" in answer ? waiting.rows : answer.value) as never);
  }

  #refuseAll(error: unknown): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

function closed(): MillraceError {
  return new MillraceError("STORE_FAILED", "The database was closed while it was read.");
}
