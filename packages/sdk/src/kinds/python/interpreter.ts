import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { constants } from "node:os";
import type { Writable } from "node:stream";
import type { Program } from "../command/program.ts";
import type { CommandRequest } from "../command/run-command.ts";
import { INTERPRETER_PROGRAM } from "./interpreter-program.ts";
import { MarkedStream } from "./marked-stream.ts";

/** Whoever keeps an interpreter says so to the worker, or its end of the attempt takes it away. */
export type KeepProcess = (pid: number) => void;

/** Variables that are other with each attempt, and that Python does not read when it starts. */
const OF_THE_ATTEMPT = /^(?:MILLRACE_(?!EXECUTOR$)|INPUT_|DAGSTER_PIPES_)/;
/** A worker runs tasks of few environments; of more, those used longest ago go. */
const MOST_INTERPRETERS = 2;

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]));

type Message =
  | { readonly pid: number }
  | { readonly started: number }
  | { readonly code: number | null; readonly signal: number | null };

const interpreters = new Map<string, Interpreter>();

/**
 * Starts a script by a fork of an interpreter that is there already: a few milliseconds instead of the thirty and more
 * that Python takes to start. The first script of a worker waits for the interpreter.
 *
 * @returns undefined when the interpreter is at work, or does not start: then a process is started as ever.
 */
export async function startWarm(request: CommandRequest, keep: KeepProcess): Promise<Program | undefined> {
  const env = Object.entries({ ...process.env, ...request.env }).filter(([, value]) => value !== undefined);
  // What decides how Python starts: also through a script around it, which may look at the folder it is in.
  const lasting = env.filter(([name]) => !OF_THE_ATTEMPT.test(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const [python = "", ...argv] = request.argv;
  const key = JSON.stringify([python, request.cwd, lasting]);
  let interpreter = interpreters.get(key);
  if (interpreter === undefined || interpreter.isGone) {
    interpreter = new Interpreter({ python, cwd: request.cwd, env: Object.fromEntries(lasting) });
  }
  // What was used last stands last.
  interpreters.delete(key);
  interpreters.set(key, interpreter);
  for (const [oldest, other] of interpreters) {
    if (interpreters.size <= MOST_INTERPRETERS) break;
    other.end();
    interpreters.delete(oldest);
  }
  const ofTheAttempt = env.filter(([name]) => OF_THE_ATTEMPT.test(name));
  return await interpreter.start({ argv, env: Object.fromEntries(ofTheAttempt) }, keep);
}

/** Ends all that are there, as when their worker ends. */
export function endInterpreters(): void {
  for (const interpreter of interpreters.values()) interpreter.end();
  interpreters.clear();
}

interface Place {
  readonly python: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Order {
  readonly argv: readonly string[];
  /** Beside what the interpreter has. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One warm interpreter, which runs one script at a time. */
class Interpreter {
  readonly #child: ChildProcess;
  readonly #ready: Promise<boolean>;
  #becomeReady: (isReady: boolean) => void = () => undefined;
  #pid: number | undefined;
  #script: HostedScript | undefined;
  #messages = "";
  isGone = false;

  constructor({ python, cwd, env }: Place) {
    this.#child = spawn(python, ["-c", INTERPRETER_PROGRAM], {
      cwd,
      env,
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      detached: true,
    });
    this.#ready = new Promise((resolve) => {
      this.#becomeReady = resolve;
    });
    for (const stream of this.#child.stdio) (stream as { unref?: () => void } | null)?.unref?.();
    this.#child.unref();
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stdout?.on("data", (chunk: Buffer) => this.#script?.stdout.write(chunk));
    this.#child.stderr?.on("data", (chunk: Buffer) => this.#script?.stderr.write(chunk));
    this.#child.stdio[3]?.on("data", (chunk: Buffer) => this.#hear(chunk.toString("utf8")));
    this.#child.once("error", () => this.#die(null, null));
    this.#child.once("close", (code, signal) => this.#die(code, signal));
  }

  /** Its orders are at their end; what it runs goes on. */
  end(): void {
    this.isGone = true;
    this.#child.stdin?.end();
  }

  async start(order: Order, keep: KeepProcess): Promise<Program | undefined> {
    if (this.#script !== undefined) return undefined;
    const script = new HostedScript();
    this.#script = script;
    if (!(await this.#ready) || this.#pid === undefined || this.isGone) {
      this.#script = undefined;
      return undefined;
    }
    for (const pid of [this.#pid, this.#child.pid]) if (pid !== undefined) keep(pid);
    this.#child.stdin?.write(`${JSON.stringify({ ...order, end: script.mark })}\n`);
    // Its output comes by other pipes than the word of its end, and may come later.
    script.once("close", () => this.#ended(script));
    return (await script.started) ? script : undefined;
  }

  /** What it wrote and nobody has read would be the next one's. */
  #ended(script: HostedScript): void {
    if (this.#script === script) this.#script = undefined;
    if (!script.stdout.isMarked || !script.stderr.isMarked) this.end();
  }

  #hear(text: string): void {
    const lines = (this.#messages + text).split("\n");
    this.#messages = lines.pop() ?? "";
    for (const line of lines) this.#take(JSON.parse(line) as Message);
  }

  #take(message: Message): void {
    if ("pid" in message) {
      this.#pid = message.pid;
      this.#becomeReady(true);
    } else if ("started" in message) this.#script?.begin(message.started);
    else this.#script?.exit(message.code, message.signal === null ? null : (SIGNALS.get(message.signal) ?? null));
  }

  #die(code: number | null, signal: NodeJS.Signals | null): void {
    this.isGone = true;
    this.#becomeReady(false);
    const script = this.#script;
    this.#script = undefined;
    script?.exit(code, signal ?? (code === null ? "SIGKILL" : null));
    script?.stdout.end();
    script?.stderr.end();
  }
}

/** A script that runs in a fork, in the shape of a child process. */
class HostedScript extends EventEmitter implements Program {
  readonly stdin: Writable | null = null;
  /** What stands in both streams where the script's output ends. */
  readonly mark = `\0${randomBytes(16).toString("hex")}\0`;
  readonly stdout = new MarkedStream(this.mark);
  readonly stderr = new MarkedStream(this.mark);
  readonly started: Promise<boolean>;
  pid: number | undefined;
  #start: (isStarted: boolean) => void = () => undefined;
  #left = 3;
  #hasExited = false;
  #code: number | null = null;
  #signal: NodeJS.Signals | null = null;

  constructor() {
    super();
    this.started = new Promise((resolve) => {
      this.#start = resolve;
    });
    for (const stream of [this.stdout, this.stderr]) stream.once("close", () => this.#partEnded());
  }

  begin(pid: number): void {
    this.pid = pid;
    this.#start(true);
  }

  exit(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    if (this.pid === undefined) this.#start(false);
    this.#code = code;
    this.#signal = signal;
    // Whoever waits for it may only just learn that it has begun, and does not listen yet.
    setImmediate(() => {
      this.emit("exit", code, signal);
      this.#partEnded();
    });
  }

  #partEnded(): void {
    this.#left -= 1;
    if (this.#left === 0) this.emit("close", this.#code, this.#signal);
  }
}
