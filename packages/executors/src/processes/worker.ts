import { type ChildProcess, spawn } from "node:child_process";
import { readSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import type { VersionId } from "@millrace/core";
import { encodeFrame, FrameReader } from "../framing/frame.ts";
import { type ChildSettings, type FromChild, ORDERS_FD, REPORTS_FD, type ToChild } from "../framing/messages.ts";
import { SecretMask } from "../logs/secret-mask.ts";
import { environmentForChildren } from "./child-environment.ts";
import { MARK_VARIABLE, markValue, workerMark } from "./mark.ts";

export interface WorkerOptions {
  /** The executor's mark. */
  readonly mark: string;
  readonly number: number;
  readonly entry: string;
  readonly execArgv: readonly string[];
  readonly settings: ChildSettings;
}

/** What becomes of a worker is decided by whoever started it. */
export interface WorkerListener<Job> {
  message(worker: Worker<Job>, message: FromChild, payload: Buffer): void;
  /** Bytes that came past JavaScript: from native code, or from processes that write to the worker's own streams. */
  output(worker: Worker<Job>, source: "stdout" | "stderr", bytes: Buffer): void;
  /** The process is gone. What it wrote may still be on its way: see `closed`. */
  exited(worker: Worker<Job>): void;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly error: Error | null;
}

const DRAIN_BYTES = 64 * 1024;
const drainBuffer = Buffer.allocUnsafe(DRAIN_BYTES);

/** The parent's side of one child process, which does one job after the other. */
export class Worker<Job> {
  readonly number: number;
  readonly mask = new SecretMask();
  /** Bound to a version by its first attempt, for ever. */
  version: VersionId | null = null;
  readonly flows = new Set<string>();
  /** How many attempts it has been given. */
  attempts = 0;
  current: Job | null = null;
  state: "starting" | "idle" | "busy" | "unquiet" | "leaving" | "gone" = "starting";
  /** When it last changed to idle, or by when it must be quiet or gone. Milliseconds since the epoch. */
  sinceMs = 0;
  /** It must not be used again. */
  isWorn = false;
  /** How many tokens for the API its attempts were given. */
  tokens = 0;
  isKilled = false;
  exit: WorkerExit | null = null;
  /** What it wrote before its first attempt: why it does not start, if it does not. */
  firstWords = "";
  /** All pipes are at their end. */
  readonly closed: Promise<void>;
  readonly #listener: WorkerListener<Job>;
  readonly #child: ChildProcess;
  readonly #orders: Writable;
  readonly #reports: Readable;
  readonly #streams: readonly (readonly ["stdout" | "stderr", Readable])[];
  readonly #frames: FrameReader;
  /** Read, and not yet handed on. */
  #held: [source: "stdout" | "stderr", bytes: Buffer][] = [];

  constructor(options: WorkerOptions, listener: WorkerListener<Job>) {
    this.number = options.number;
    this.#listener = listener;
    this.#frames = new FrameReader((header, payload) => {
      listener.message(this, JSON.parse(header) as FromChild, payload);
    });
    this.#child = launch(options);
    this.#orders = this.#child.stdio[ORDERS_FD] as Writable;
    this.#reports = this.#child.stdio[REPORTS_FD] as Readable;
    this.#streams = [
      ["stdout", this.#child.stdout as Readable],
      ["stderr", this.#child.stderr as Readable],
    ];
    this.closed = new Promise((resolve) => {
      this.#child.once("close", () => resolve());
    });
    this.#listen();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(message: ToChild, payload = ""): void {
    this.#orders.write(encodeFrame(JSON.stringify(message), payload));
  }

  /** Closes the pipe of orders: the child ends by itself. */
  dismiss(): void {
    this.#orders.end();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Stops reading what it says; soon it is blocked. */
  pause(): void {
    this.#reports.pause();
    for (const [, stream] of this.#streams) stream.pause();
  }

  resume(): void {
    this.#reports.resume();
    for (const [, stream] of this.#streams) stream.resume();
  }

  /**
   * Reads what the standard streams hold at this moment. A child writes to them blocking, and reports the end of an
   * attempt after: so what an attempt wrote is there when its end is, and needs no mark to tell it from what comes next.
   */
  drainOutput(): void {
    if (this.#held.length > 0) this.#handOn();
    for (const [source, stream] of this.#streams) {
      drain(stream, (bytes) => this.#listener.output(this, source, bytes));
    }
  }

  /** Lets go of pipes that somebody else still holds open. */
  destroyPipes(): void {
    for (const pipe of this.#child.stdio) pipe?.destroy();
  }

  #listen(): void {
    // Writing to a child that died is no failure of ours; its end is.
    this.#orders.on("error", () => undefined);
    this.#reports.on("error", () => undefined);
    this.#reports.on("data", (chunk: Buffer) => this.#frames.push(chunk));
    for (const [source, stream] of this.#streams) {
      stream.on("error", () => undefined);
      stream.on("data", (chunk: Buffer) => {
        this.#held.push([source, chunk]);
        // What was reported before this was written is to be known first: it may be the secret that this holds.
        drain(this.#reports, (bytes) => this.#frames.push(Buffer.from(bytes)));
        this.#handOn();
        giveBack(chunk);
      });
    }
    this.#child.once("exit", (code, signal) => this.#ended({ code, signal, error: null }));
    this.#child.once("error", (error) => {
      if (this.#child.pid === undefined) this.#ended({ code: null, signal: null, error });
    });
  }

  #handOn(): void {
    const held = this.#held;
    this.#held = [];
    for (const [source, bytes] of held) this.#listener.output(this, source, bytes);
  }

  #ended(exit: WorkerExit): void {
    if (this.exit !== null) return;
    this.exit = exit;
    this.#listener.exited(this);
  }
}

/**
 * In a session of its own, so that Ctrl-C and a closed terminal reach the parent only, which knows what to do. Modules
 * are compiled once on a machine, not once in each process: from our sources a worker is up five times as fast.
 */
function launch({ mark, number, entry, execArgv, settings }: WorkerOptions): ChildProcess {
  return spawn(process.execPath, ["--enable-source-maps", ...execArgv, entry, JSON.stringify(settings)], {
    cwd: settings.projectDir,
    env: {
      NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
      ...environmentForChildren(),
      [MARK_VARIABLE]: markValue(workerMark(mark, number)),
    },
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    detached: true,
  });
}

/**
 * Frees what a stream has read, now that it was handed on. Left to the collector, which sees only a small object for each,
 * a task that writes a lot would fill a hundred megabytes of this process.
 */
function giveBack({ buffer, byteLength }: Buffer): void {
  // One that shares its memory with others is a small one.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && byteLength > 0) buffer.transfer(0);
}

/** Reads a pipe until it is empty, without waiting, past the stream that listens to it. */
function drain(stream: Readable, onBytes: (bytes: Buffer) => void): void {
  for (let chunk: unknown = stream.readableLength > 0 ? stream.read() : null; chunk !== null; chunk = stream.read()) {
    onBytes(chunk as Buffer);
  }
  const fd = (stream as unknown as { readonly _handle?: { readonly fd?: number } | null })._handle?.fd;
  if (fd === undefined || fd < 0) return;
  for (let length = readWaiting(fd); length > 0; length = readWaiting(fd)) onBytes(drainBuffer.subarray(0, length));
}

/** Reads what is there into `drainBuffer`. 0 when the pipe is empty: it does not block. */
function readWaiting(fd: number): number {
  const { stackTraceLimit } = Error;
  // Nearly every call throws, and most of what an error costs is its stack.
  Error.stackTraceLimit = 0;
  try {
    return readSync(fd, drainBuffer, 0, DRAIN_BYTES, null);
  } catch {
    return 0;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
