import {
  type AttemptId,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptReport,
  type Clock,
  type Executor,
  encode,
  errorInfo,
} from "@millrace/core";
import type { LogStore } from "@millrace/executors";
import { MAPPED_ITEMS } from "./seed-project.ts";

const CAPACITY = 1_000;
const SECOND_MS = 1_000;
/** One run of so many fails, and one attempt of so many is tried again. */
const FAILING_RUNS = 20;
const FLAKY_ATTEMPTS = 150;

/** Plays the tasks of the made-up past: nothing runs, and each ends as its place and its run say, at a full second. */
export class SeedExecutor implements Executor {
  readonly capacity = CAPACITY;
  /** The newest attempt that may be given a long log: one that has none of its own. */
  quiet: Pick<AttemptOrder, "run" | "attempt"> | undefined;
  readonly #clock: Clock;
  readonly #logs: LogStore;
  /** Attempts from here on say something. */
  readonly #talkingFromMs: number;
  readonly #live = new Map<AttemptId, AttemptOrder>();
  readonly #due = new Map<number, AttemptOrder[]>();
  readonly #unwritten = new Set<Promise<void>>();
  #onReport: (report: AttemptReport) => void = () => {};

  constructor(clock: Clock, logs: LogStore, talkingFromMs: number) {
    this.#clock = clock;
    this.#logs = logs;
    this.#talkingFromMs = talkingFromMs;
  }

  async start(onReport: (report: AttemptReport) => void): Promise<void> {
    this.#onReport = onReport;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#unwritten);
  }

  startAttempt(order: AttemptOrder): void {
    const { run, attempt, epoch } = order;
    const nowMs = this.#clock.now();
    this.#live.set(attempt, order);
    this.#onReport({ kind: "started", run, attempt, epoch, atMs: nowMs, pid: 1 });
    const endMs = nowMs + secondsOf(order) * SECOND_MS;
    const due = this.#due.get(endMs);
    if (due !== undefined) due.push(order);
    else {
      this.#due.set(endMs, [order]);
      this.#clock.at(endMs, () => this.#endAll(endMs));
    }
  }

  cancelAttempt(attempt: AttemptId): void {
    const order = this.#live.get(attempt);
    if (order !== undefined) this.#end(order, { state: "cancelled" });
  }

  acknowledge(): void {}

  alive(): readonly AttemptId[] {
    return [...this.#live.keys()];
  }

  /** All that end at one instant, so that they are one commit. */
  #endAll(endMs: number): void {
    const orders = this.#due.get(endMs) ?? [];
    this.#due.delete(endMs);
    for (const order of orders) if (this.#live.has(order.attempt)) this.#end(order, outcomeOf(order));
  }

  #end(order: AttemptOrder, outcome: AttemptOutcome): void {
    const { run, attempt, epoch } = order;
    const atMs = this.#clock.now();
    this.#live.delete(attempt);
    if (order.label === "summarise") this.quiet = { run, attempt };
    else if (atMs >= this.#talkingFromMs) this.#say(order, outcome, atMs);
    this.#onReport({ kind: "ended", run, attempt, epoch, atMs, outcome });
  }

  #say(order: AttemptOrder, { state }: AttemptOutcome, atMs: number): void {
    const writer = this.#logs.writer({ run: order.run, attempt: order.attempt });
    const lines = 3 + (draw(order, "lines") % 20);
    for (let line = 0; line < lines; line += 1) {
      const text = `${order.label}: batch ${line + 1} of ${lines}, ${draw(order, `rows ${line}`) % 5_000} rows`;
      writer.append({ t: atMs - lines + line, level: "info", source: "logger", text });
    }
    if (state === "failed")
      writer.append({ t: atMs, level: "error", source: "stderr", text: "connection reset by peer" });
    const written = Promise.withResolvers<void>();
    this.#unwritten.add(written.promise);
    writer.close(() => {
      this.#unwritten.delete(written.promise);
      written.resolve();
    });
  }
}

/** Few lengths, so that many attempts end together; now and then one takes long. */
function secondsOf(order: AttemptOrder): number {
  const drawn = draw(order, "seconds") % 1_000;
  if (drawn === 999) return 60;
  return drawn < 970 ? 5 : 10;
}

function outcomeOf(order: AttemptOrder): AttemptOutcome {
  const isFailing = draw({ ...order, node: 0, item: "" }, "run") % FAILING_RUNS === 0;
  // One task of the run, whichever is first to be so marked in its graph.
  const fails = isFailing && order.item === "" && draw(order, "fails") % 7 === 0;
  const isFlaky = order.number === 1 && order.maxAttempts > 1 && draw(order, "flaky") % FLAKY_ATTEMPTS === 0;
  if (fails || isFlaky) {
    const error = { ...errorInfo("INTERNAL", "connection reset by peer"), code: null, name: "Error" };
    return { state: "failed", error, retryable: !fails, retryAfterMs: null };
  }
  const value =
    order.label === "list" ? Array.from({ length: MAPPED_ITEMS }, (_, at) => at) : draw(order, "value") % 10_000;
  return { state: "success", output: { kind: "inline", text: encode(value) } };
}

/** A number that a place of a run always has. */
function draw(order: { readonly run: string; readonly node: number; readonly item: string }, what: string): number {
  let hash = 0x811c9dc5;
  for (const char of `${order.run}/${order.node}/${order.item}/${what}`) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
