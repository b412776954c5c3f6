import process from "node:process";
import {
  type EncodedText,
  type ErrorInfo,
  encode,
  isMillraceError,
  MillraceError,
  type StopReason,
} from "@millrace/core";
import {
  type Connections,
  type ConnectionsConfig,
  type Deferred,
  type FlowDefinition,
  type HookEvent,
  isDeferred,
  isNonRetryable,
  type NodeHandlers,
  openConnections,
  retryAfterMsOf,
  type TaskContext,
} from "@millrace/sdk";
import type { ChildOutcome, ChildSettings, EndedMessage, RunMessage } from "../framing/messages.ts";
import type { AskedValues } from "./asked-values.ts";
import { sendLog } from "./capture-output.ts";
import type { InputDecoder } from "./decode-input.ts";
import type { ErrorDescriber } from "./describe-error.ts";
import type { GivenSecrets } from "./given-secrets.ts";
import type { LoadedBundle } from "./loaded-bundle.ts";
import type { ReportPipe } from "./report-pipe.ts";
import { type OutputCheck, type OutputLimits, storeOutput } from "./store-output.ts";
import { makeContext } from "./task-context.ts";
import type { SpawnWatch } from "./watch-spawns.ts";

export interface RunnerParts {
  readonly settings: ChildSettings;
  readonly reports: ReportPipe;
  readonly bundle: LoadedBundle;
  readonly decoder: InputDecoder;
  readonly errors: ErrorDescriber;
  readonly spawns: SpawnWatch;
  readonly values: AskedValues;
  readonly given: GivenSecrets;
}

interface EndDetails {
  /** Something escaped the attempt: this process must not go on. */
  readonly isSpoiled?: boolean;
  /** The output's text. */
  readonly text?: string;
}

/** Trying again changes nothing about these. */
const NEVER_AGAIN = new Set<string>([
  "OUTPUT_NOT_STORABLE",
  "OUTPUT_TOO_LARGE",
  "SECRET_IN_OUTPUT",
  "MISSING_SECRET",
  "MISSING_VARIABLE",
  "SECRET_UNREADABLE",
]);

/** How often a child with something left over looks whether it is gone, in milliseconds: from the first to the last. */
const FIRST_LOOK_MS = 1;
const LAST_LOOK_MS = 32;

/** One attempt in the child. */
class RunningAttempt {
  readonly message: RunMessage;
  readonly abort = new AbortController();
  handlers: NodeHandlers | undefined;
  connections: Connections | undefined;

  constructor(message: RunMessage) {
    this.message = message;
  }
}

/** Runs attempts in this process, one at a time. */
export class AttemptRunner {
  readonly #parts: RunnerParts;
  readonly #limits: OutputLimits;
  readonly #refuse: OutputCheck;
  #current: RunningAttempt | null = null;
  /** Handles that are here to stay: the pipe of orders, and what modules opened when they were imported. */
  #restingHandles = 0;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#limits = parts.settings;
    this.#refuse = (text, what) => parts.given.refuse(text, what);
  }

  run(message: RunMessage, input: string): void {
    const attempt = new RunningAttempt(message);
    this.#current = attempt;
    this.#parts.spawns.reset();
    const definition = this.#parts.bundle.find(message.flow);
    if (definition === undefined) void this.#loadAndStart(attempt, input);
    else this.#start(attempt, definition, input);
  }

  /** The author's code is told to stop; whether it does is for the parent to watch. */
  cancel(attempt: number, reason: StopReason): void {
    if (this.#current?.message.attempt === attempt) this.stop(reason);
  }

  stop(reason: StopReason): void {
    const code = reason === "timed_out" ? "TIMEOUT" : "CANCELLED";
    const text = reason === "timed_out" ? "The attempt has run out of time." : "The attempt was cancelled.";
    this.#current?.abort.abort(new MillraceError(code, text));
  }

  /** An error that nobody caught is the attempt's, wherever it came from; and nobody knows what else is amiss. */
  failFromOutside(thrown: unknown): void {
    const attempt = this.#current;
    if (attempt !== null) this.#end(attempt, this.#failure(thrown, true), { isSpoiled: true });
  }

  async #loadAndStart(attempt: RunningAttempt, input: string): Promise<void> {
    const { flow, entry, configEntry } = attempt.message;
    try {
      const definition = await this.#parts.bundle.load(flow, entry, configEntry);
      this.#restingHandles = countHandles();
      this.#start(attempt, definition, input);
    } catch (error) {
      // A module that threw stays broken in this process; in another it may load.
      this.#end(attempt, this.#failure(error, true), { isSpoiled: true });
    }
  }

  #start(attempt: RunningAttempt, definition: FlowDefinition, input: string): void {
    let returned: unknown;
    try {
      const { node } = attempt.message;
      attempt.handlers = definition.handlers[node] ?? undefined;
      returned = this.#call(attempt, definition, this.#parts.decoder.decode(input as EncodedText));
    } catch (error) {
      void this.#fail(attempt, error);
      return;
    }
    if (isThenable(returned)) {
      returned.then(
        (value) => this.#returned(attempt, value),
        (error: unknown) => void this.#fail(attempt, error),
      );
    } else this.#returned(attempt, returned);
  }

  #call(attempt: RunningAttempt, definition: FlowDefinition, input: unknown): unknown {
    const { target, node, flow } = attempt.message;
    const context = this.#contextOf(attempt, definition);
    if (target.kind === "task") {
      if (attempt.handlers !== undefined) return attempt.handlers.run(input, context);
    } else {
      const hooks: NodeHandlers["hooks"] | undefined = node < 0 ? definition.hooks : attempt.handlers?.hooks;
      const hook = hooks?.[target.on];
      if (hook !== undefined) return hook(input as HookEvent, context);
    }
    throw new MillraceError("INTERNAL", `Flow "${flow}" has nothing to run for ${attempt.message.label}.`);
  }

  #contextOf(attempt: RunningAttempt, definition: FlowDefinition): TaskContext {
    const { message } = attempt;
    const { settings, reports, decoder, bundle, values } = this.#parts;
    return makeContext(message, {
      projectDir: settings.projectDir,
      taskId: definition.spec.nodes[message.node]?.id ?? message.flow,
      signal: attempt.abort.signal,
      partitions: definition.spec.partitions,
      decode: decoder.decode,
      connection: (name) => {
        const { signal } = attempt.abort;
        const place = { projectDir: settings.projectDir, signal, secret: (each: string) => values.secret(each) };
        attempt.connections ??= openConnections((bundle.config ?? {}) as ConnectionsConfig, place);
        return attempt.connections.connection(name);
      },
      secret: (name) => values.secret(name),
      variable: (name) => values.variable(name),
      apiToken: () => values.apiToken(),
      log: (level, text, fields) => {
        if (this.#current !== attempt) return;
        const data = fields === undefined ? {} : { data: plainFields(fields) };
        sendLog(reports, { level, source: "logger", ...data }, String(text));
      },
      keepProcess: (pid) => {
        if (this.#current === attempt) this.#parts.spawns.keep(pid);
      },
      report: (data) => {
        if (this.#current === attempt) reports.send({ kind: "data", data });
      },
    });
  }

  /** Ends one turn later: by then Node has told of a rejection that nobody handled, which is a failure. */
  #returned(attempt: RunningAttempt, value: unknown): void {
    setImmediate(() => {
      if (this.#current !== attempt) return;
      if (attempt.connections === undefined) this.#succeed(attempt, value);
      else void this.#closeAndSucceed(attempt, value);
    });
  }

  async #closeAndSucceed(attempt: RunningAttempt, value: unknown): Promise<void> {
    try {
      await attempt.connections?.close();
    } catch (error) {
      await this.#fail(attempt, error);
      return;
    }
    this.#succeed(attempt, value);
  }

  #succeed(attempt: RunningAttempt, value: unknown): void {
    if (this.#current !== attempt) return;
    const { target, label } = attempt.message;
    try {
      if (target.kind === "hook") this.#end(attempt, { state: "success", output: "none" });
      else if (isDeferred(value)) this.#end(attempt, yieldedOf(value, label, this.#refuse));
      else {
        // Most attempts were given no secret: there is nothing to look for.
        const limits = this.#parts.given.isEmpty ? this.#limits : { ...this.#limits, refuse: this.#refuse };
        const { outcome, text } = storeOutput(value, `output of task "${label}"`, limits);
        this.#end(attempt, outcome, { text });
      }
    } catch (error) {
      void this.#fail(attempt, error);
    }
  }

  async #fail(attempt: RunningAttempt, error: unknown): Promise<void> {
    // What was written to a database before the error is the author's business; that it is closed is ours.
    await attempt.connections?.close().catch(() => undefined);
    if (this.#current !== attempt) return;
    const retryable = await this.#isRetryable(attempt, error);
    if (this.#current === attempt) this.#end(attempt, this.#failure(error, retryable));
  }

  async #isRetryable(attempt: RunningAttempt, error: unknown): Promise<boolean> {
    if (isNonRetryable(error) || (isMillraceError(error) && NEVER_AGAIN.has(error.code))) return false;
    if (attempt.message.target.kind === "hook" || attempt.handlers?.retryWhen === undefined) return true;
    try {
      return await attempt.handlers.retryWhen(error);
    } catch (failed) {
      const { name, message } = this.#parts.errors.describe(failed);
      const text = `The condition of the retries threw ${name}: ${message}. The task is retried.`;
      sendLog(this.#parts.reports, { level: "warn", source: "system" }, text);
      return true;
    }
  }

  #failure(thrown: unknown, retryable: boolean): ChildOutcome {
    const error: ErrorInfo = this.#parts.errors.describe(thrown);
    return { state: "failed", error, retryable, retryAfterMs: retryAfterMsOf(thrown) };
  }

  #end(attempt: RunningAttempt, outcome: ChildOutcome, { isSpoiled = false, text = "" }: EndDetails = {}): void {
    if (this.#current !== attempt) return;
    this.#current = null;
    const isQuiet = isSpoiled || countHandles() <= this.#restingHandles;
    const message: EndedMessage = {
      kind: "ended",
      attempt: attempt.message.attempt,
      outcome,
      after: isSpoiled ? "spoiled" : isQuiet ? "clean" : "unquiet",
      spawnedFrom: this.#parts.spawns.spawnedFrom,
      kept: this.#parts.spawns.kept,
    };
    this.#parts.reports.send(message, text);
    if (!isQuiet) this.#waitForQuiet(FIRST_LOOK_MS);
  }

  #waitForQuiet(waitMs: number): void {
    setTimeout(() => {
      if (this.#current !== null) return;
      if (countHandles() <= this.#restingHandles) this.#parts.reports.send({ kind: "quiet" });
      else this.#waitForQuiet(Math.min(waitMs * 2, LAST_LOOK_MS));
    }, waitMs).unref();
  }
}

/** Timers, sockets, requests and the like that keep this process busy. */
function countHandles(): number {
  return process.getActiveResourcesInfo().length;
}

function yieldedOf({ carry, until }: Deferred, label: string, refuse: OutputCheck): ChildOutcome {
  const carried = encodeSeen(carry, `carry of task "${label}"`, refuse);
  if (until.kind !== "run") return { state: "yielded", carry: carried, until };
  const { flow, window } = until;
  const params = encodeSeen(until.params, `params for the run of "${flow}"`, refuse);
  return { state: "yielded", carry: carried, until: { kind: "run", flow, params, window } };
}

function encodeSeen(value: unknown, what: string, refuse: OutputCheck): EncodedText {
  const text = encode(value, what);
  refuse(text, what);
  return text;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Fields of a log line as JSON can hold them. A field that it cannot must not fail the attempt. */
function plainFields(fields: unknown): unknown {
  try {
    return JSON.parse(
      JSON.stringify(fields, (_name, value: unknown) => (typeof value === "bigint" ? `${value}` : value)),
    );
  } catch {
    return { fields: String(fields) };
  }
}
