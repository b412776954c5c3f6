import { fileURLToPath } from "node:url";
import {
  type EncodedText,
  type ErrorInfo,
  type Issue,
  listText,
  MillraceError,
  type ParsedParams,
  type SensorCall,
  type SensorPoll,
  toErrorInfo,
  UNDEFINED_TEXT,
} from "@millrace/core";
import { type Guardian, holdGuardian } from "../guardian/start-guardian.ts";
import { SecretMask } from "../logs/secret-mask.ts";
import { noVault, type ProcessExecutorOptions } from "../processes/executor-options.ts";
import { createMark, pollerMark } from "../processes/mark.ts";
import { conditions, HostProcess } from "./host-process.ts";
import { interruptedAt } from "./interrupted-at.ts";
import type { ConfigOutcome, FromHost, LoadedModule, ToHost } from "./messages.ts";
import { PollLog, pollLost } from "./poll-log.ts";

export interface DefinitionHostOptions {
  /** The project's folder, absolute. */
  readonly projectDir: string;
  /** Where large values are, absolute. */
  readonly artifactsDir: string;
  /** The mark of the executor that belongs to it. Defaults to one of its own. */
  readonly mark?: string;
  /** Whatever its functions start is killed when they hang, when their process ends, and in the end. Defaults to no. */
  readonly killsTrees?: boolean;
  /** One module may take this long to be imported, and one function to answer, in milliseconds. Defaults to 10 s. */
  readonly limitMs?: number;
  /** The value of a secret or variable that a sensor asks for. Defaults to none: whoever asks is refused. */
  readonly readVault?: ReadVault;
  /** What users' modules print while they are loaded. Defaults to dropping it. */
  readonly onOutput?: (text: string) => void;
}

/** A trigger of a flow. */
export interface HostedTrigger extends HostedFlow {
  readonly trigger: string;
}

type PollCall = Pick<SensorCall, "cursor" | "lastPollMs" | "timeoutMs">;

/** A flow and the module of the version's folder that holds it. */
export interface HostedFlow {
  readonly entry: string;
  readonly flow: string;
}

const DEFAULT_LIMIT_MS = 10_000;

/** Counts processes with marks of their own, so that no two of one executor have the same. */
let pollersStarted = 0;

type ReadVault = NonNullable<ProcessExecutorOptions["readVault"]>;
type Request = Extract<ToHost, { id: number }>;
type Lost = Extract<LoadedModule, { kind: "timed_out" | "died" }>;

/** A request on its way. */
interface Pending {
  readonly message: Request;
  readonly payload: string;
  readonly onMessage: (message: FromHost, payload: string) => void;
  /** It did not come back in time, or its process has ended. */
  readonly onLost: (why: Lost) => void;
  /** It may take this long, in milliseconds, instead of what holds for all. */
  readonly limitMs?: number;
}

/** Messages after which nothing more comes for a request. */
const LAST_MESSAGES = new Set<FromHost["kind"]>([
  "done",
  "config",
  "params",
  "invalid_params",
  "cache_key",
  "event_params",
  "next_tick",
  "polled",
  "threw",
]);

/**
 * Loads the modules of one version in a child process and calls the functions of their definitions there. The child is
 * started when first needed, and anew when it hangs or dies. Requests are answered one after the other.
 */
export class DefinitionHost {
  readonly #options: DefinitionHostOptions;
  readonly #mark: string;
  readonly #limitMs: number;
  /** Values that were handed out, for what comes back in logs and errors. */
  readonly #mask = new SecretMask();
  #folder = "";
  #process: HostProcess | null = null;
  /** Of processes that were given up. */
  readonly #burials = new Set<Promise<void>>();
  /** A module that loops for ever does not notice that its parent is gone. */
  #guardian: Guardian | null = null;
  #lastId = 0;
  /** The child is at the first of them. */
  #pending: Pending[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DefinitionHostOptions) {
    this.#options = options;
    this.#mark = options.mark ?? createMark(options.projectDir);
    this.#limitMs = options.limitMs ?? DEFAULT_LIMIT_MS;
  }

  /** Starts the child ahead of its first request. */
  warm(): void {
    this.#child();
    if (this.#pending.length === 0) this.#process?.unref();
  }

  /** The folder of the version, absolute. What is loaded stays loaded when the folder gets another name. */
  set folder(folder: string) {
    this.#folder = folder;
    this.#process?.send({ kind: "moved", folder });
  }

  /** Imports modules and says of each what it holds. One that hangs or ends its process does not hurt the others. */
  async load(entries: readonly string[]): Promise<ReadonlyMap<string, LoadedModule>> {
    const loaded = new Map<string, LoadedModule>();
    for (let left = entries; left.length > 0; left = left.filter((entry) => !loaded.has(entry))) {
      await this.#loadSome(left, loaded);
    }
    return loaded;
  }

  /** Comes back when all is loaded, or when one module took the process with it. */
  #loadSome(entries: readonly string[], loaded: Map<string, LoadedModule>): Promise<void> {
    return new Promise((resolve) => {
      let at = entries[0] ?? "";
      const onMessage = (message: FromHost) => {
        if (message.kind === "loading") at = message.entry;
        if (message.kind === "loaded") loaded.set(message.entry, message.module);
        if (message.kind === "done") resolve();
      };
      const onLost = (why: Lost) => {
        loaded.set(at, why);
        resolve();
      };
      this.#ask({ message: { kind: "load", id: this.#newId(), entries }, payload: "", onMessage, onLost });
    });
  }

  /** Imports the configuration. */
  readConfig(entry: string): Promise<ConfigOutcome> {
    return new Promise((resolve) => {
      const onMessage = (message: FromHost) => {
        if (message.kind === "config") resolve(message.outcome);
      };
      this.#ask({ message: { kind: "config", id: this.#newId(), entry }, payload: "", onMessage, onLost: resolve });
    });
  }

  /** Checks and completes parameters. Throws `INVALID_PARAMS`, naming each field. */
  parseParams(flow: HostedFlow, params: EncodedText): Promise<ParsedParams> {
    const what = `The parameters of ${flow.flow}`;
    return new Promise((resolve, reject) => {
      const onMessage = (message: FromHost, payload: string) => {
        if (message.kind === "invalid_params") reject(invalidParams(flow.flow, message.issues));
        if (message.kind === "threw") reject(functionThrew(what, message.error));
        if (message.kind !== "params") return;
        const { concurrencyKey, taskKeys } = message;
        const keys = taskKeys === undefined ? {} : { taskKeys };
        resolve({ params: payload as EncodedText, concurrencyKey, ...keys });
      };
      const onLost = (why: Lost) => reject(functionLost(what, why));
      this.#ask({ message: { kind: "params", id: this.#newId(), ...flow }, payload: params, onMessage, onLost });
    });
  }

  /** The author's cache key of a task. */
  cacheKey(task: HostedFlow & { readonly node: number }, input: EncodedText): Promise<string> {
    const what = `The cache key of a task of ${task.flow}`;
    return new Promise((resolve, reject) => {
      const onMessage = (message: FromHost) => {
        if (message.kind === "cache_key") resolve(message.key);
        if (message.kind === "threw") reject(functionThrew(what, message.error));
      };
      const onLost = (why: Lost) => reject(functionLost(what, why));
      this.#ask({ message: { kind: "cache_key", id: this.#newId(), ...task }, payload: input, onMessage, onLost });
    });
  }

  /** The parameters of the run that events make. Throws `INVALID_PARAMS`, naming each field that does not fit. */
  eventParams(trigger: HostedTrigger, payloads: readonly EncodedText[]): Promise<EncodedText> {
    const what = `The trigger ${trigger.trigger} of ${trigger.flow}`;
    return new Promise((resolve, reject) => {
      const onMessage = (message: FromHost, payload: string) => {
        if (message.kind === "event_params") resolve(payload as EncodedText);
        if (message.kind === "invalid_params") reject(invalidEvent(trigger, message.issues));
        if (message.kind === "threw") reject(functionThrew(what, message.error));
      };
      const onLost = (why: Lost) => reject(functionLost(what, why));
      const message = { kind: "event_params", id: this.#newId(), ...trigger } as const;
      this.#ask({ message, payload: listText(payloads), onMessage, onLost });
    });
  }

  /** The first tick of a custom schedule after an instant, or null. */
  nextTick(schedule: HostedFlow & { readonly schedule: string }, afterMs: number): Promise<number | null> {
    const what = `The schedule ${schedule.schedule} of ${schedule.flow}`;
    return new Promise((resolve, reject) => {
      const onMessage = (message: FromHost) => {
        if (message.kind === "next_tick") resolve(message.tickMs);
        if (message.kind === "threw") reject(functionThrew(what, message.error));
      };
      const onLost = (why: Lost) => reject(functionLost(what, why));
      const message = { kind: "next_tick", id: this.#newId(), ...schedule, afterMs } as const;
      this.#ask({ message, payload: "", onMessage, onLost });
    });
  }

  /** Polls a sensor once. Never rejects. */
  poll(sensor: HostedTrigger & { readonly configEntry: string | null }, call: PollCall): Promise<SensorPoll> {
    const log = new PollLog();
    const said = (): string | null => (log.text === null ? null : this.#mask.mask(log.text));
    const { cursor, lastPollMs, timeoutMs: limitMs } = call;
    return new Promise((resolve) => {
      const failed = (message: string): void =>
        resolve({ kind: "failed", message: this.#mask.mask(message), log: said() });
      const onMessage = (message: FromHost) => {
        if (message.kind === "log") log.add(message.text);
        if (message.kind === "ask") void this.#answer(message);
        if (message.kind === "threw") failed(`${message.error.name}: ${message.error.message}`);
        if (message.kind !== "polled") return;
        const { events, skipReason, cursor: next } = message;
        resolve({ kind: "polled", events, skipReason, cursor: next, log: said() });
      };
      const onLost = (why: Lost) => failed(pollLost(why));
      const message = { kind: "poll", id: this.#newId(), ...sensor, lastPollMs } as const;
      this.#ask({ message, payload: cursor ?? UNDEFINED_TEXT, onMessage, onLost, limitMs });
    });
  }

  get isBusy(): boolean {
    return this.#pending.length > 0;
  }

  /** Ends the child; requests on their way are lost. Twice is fine, and a later request starts a new child. */
  async stop(): Promise<void> {
    const child = this.#process;
    const guardian = this.#guardian;
    this.#guardian = null;
    await child?.stop();
    await Promise.all(this.#burials);
    await guardian?.stop();
  }

  async #answer({ ask, what, name }: Extract<FromHost, { kind: "ask" }>): Promise<void> {
    const child = this.#process;
    try {
      const value = await (this.#options.readVault ?? noVault)(what, name, null);
      if (what === "secret") this.#mask.add([value]);
      child?.send({ kind: "answer", ask, error: null }, value);
    } catch (error) {
      child?.send({ kind: "answer", ask, error: { ...toErrorInfo(error), stack: null, cause: null } });
    }
  }

  #newId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #ask(request: Pending): void {
    const child = this.#child();
    this.#pending.push(request);
    child.ref();
    child.send(request.message, request.payload);
    if (this.#pending.length === 1) this.#watch();
  }

  #child(): HostProcess {
    if (this.#process !== null) return this.#process;
    this.#guardian ??= holdGuardian({
      mark: this.#mark,
      entry: fileURLToPath(new URL("../guardian/main.ts", import.meta.url)),
      execArgv: conditions(),
    });
    const { projectDir, artifactsDir, killsTrees: hasOwnMark = false } = this.#options;
    pollersStarted += hasOwnMark ? 1 : 0;
    const child: HostProcess = new HostProcess({
      projectDir,
      artifactsDir,
      mark: hasOwnMark ? pollerMark(this.#mark, pollersStarted) : this.#mark,
      hasOwnMark,
      onOutput: this.#options.onOutput ?? (() => undefined),
      onMessage: (message, payload) => this.#hear(message, payload),
      onEnd: (how) => this.#lose(child, { kind: "died", how }),
    });
    this.#process = child;
    child.send({ kind: "moved", folder: this.#folder });
    return child;
  }

  #hear(message: FromHost, payload: string): void {
    const request = this.#pending[0];
    if (request === undefined || request.message.id !== message.id) return;
    if (LAST_MESSAGES.has(message.kind)) this.#pending.shift();
    // What a poll says on its way does not give it more time.
    if (message.kind !== "log" && message.kind !== "ask") this.#watch();
    request.onMessage(message, payload);
  }

  /** The time limit holds for each module and each function, not for a request as a whole. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#pending.length === 0) this.#process?.unref();
    else {
      const limitMs = this.#pending[0]?.limitMs ?? this.#limitMs;
      this.#timer = setTimeout(() => void this.#interrupt(limitMs), limitMs);
    }
  }

  async #interrupt(afterMs: number): Promise<void> {
    const child = this.#process;
    if (child === null) return;
    const place = await interruptedAt(child, this.#folder);
    this.#lose(child, { kind: "timed_out", afterMs, place });
  }

  /** The first request is to blame; the others go to a new child. */
  #lose(child: HostProcess, why: Lost): void {
    if (this.#process !== child) return;
    this.#process = null;
    clearTimeout(this.#timer);
    const burial = child.stop().finally(() => this.#burials.delete(burial));
    this.#burials.add(burial);
    const [blamed, ...others] = this.#pending;
    this.#pending = [];
    for (const request of others) this.#ask(request);
    // It has ended when nothing that it started is left.
    if (this.#options.killsTrees) void burial.then(() => blamed?.onLost(why));
    else blamed?.onLost(why);
  }
}

function invalidParams(flow: string, issues: readonly Issue[]): MillraceError {
  return new MillraceError("INVALID_PARAMS", `The parameters do not fit ${flow}:\n${issueLines(issues)}`, {
    hint: `\`millrace show ${flow}\` lists its parameters.`,
    issues,
  });
}

function issueLines(issues: readonly Issue[]): string {
  return issues.map(({ path, message }) => `  ${path.length === 0 ? "(all)" : path.join(".")}: ${message}`).join("\n");
}

function invalidEvent({ flow, trigger }: HostedTrigger, issues: readonly Issue[]): MillraceError {
  return new MillraceError(
    "INVALID_PARAMS",
    `The event does not fit the trigger ${trigger} of ${flow}:\n${issueLines(issues)}`,
    { hint: "What it takes stands in the flow's file, under `triggers`.", issues },
  );
}

function functionThrew(what: string, error: ErrorInfo): MillraceError {
  const cause = Object.assign(new Error(error.message), { name: error.name, stack: error.stack ?? "" });
  return new MillraceError("DEFINITION_FAILED", `${what}: the function threw ${error.name}: ${error.message}`, {
    hint: "The function is part of the flow's definition; it must give an answer for any input it can be given.",
    cause,
    ...(error.frame === null ? {} : { frame: error.frame }),
  });
}

function functionLost(what: string, why: Lost): MillraceError {
  const how = why.kind === "died" ? `ended its process (${why.how})` : `did not answer within ${why.afterMs} ms`;
  const at = why.kind === "timed_out" && why.place !== null ? ` (${why.place.file}:${why.place.line})` : "";
  return new MillraceError("DEFINITION_FAILED", `${what}: the function ${how}${at}.`, {
    hint: "Functions of a definition must be quick, and must not wait for anything outside.",
  });
}
