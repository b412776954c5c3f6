import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { constants } from "node:os";
import { resolve } from "node:path";
import { type Duration, formatByteSize, MillraceError, parseDuration } from "@millrace/core";
import { neverAgain } from "../verdict.ts";
import { LineCutter } from "./lines.ts";
import type { Program } from "./program.ts";

/** A program to run, complete: every option has been defaulted by the kind. */
export interface CommandRequest {
  readonly argv: readonly string[];
  /** Added to the environment of this process. `undefined` takes a variable away. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  readonly stdin: string | Uint8Array | null;
  readonly signal: AbortSignal;
  /** Between SIGTERM and SIGKILL after an abort, in milliseconds. */
  readonly graceMs: number;
  /** Keep what it writes to stdout. */
  readonly keepStdout: boolean;
  readonly onLine: (stream: "stdout" | "stderr", line: string) => void;
  /** A quicker way to start it; undefined where it cannot be gone. Defaults to a new process. */
  readonly start?: (request: CommandRequest) => Promise<Program | undefined>;
}

export interface CommandEnd {
  /** As a shell would give it: of a program that died of a signal, 128 and the signal's number. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
  /** All of stdout, when it was to be kept. */
  readonly stdout: Buffer;
  /** The last lines of stderr, for the message. */
  readonly lastErrors: readonly string[];
}

/** Stdout that is kept as a value lives in memory. */
const MAX_STDOUT_BYTES = 256 * 1024 ** 2;
/** How long a program's children may keep its output open after it has ended. */
const LINGER_MS = 1_000;
const LAST_ERRORS = 200;

/** The share of a task's grace period after which its command is killed: the rest is for the task to say so. */
const GRACE_SHARE = 0.9;

/** How long a command may take to end after an abort, from the option `grace` of its task. */
export function commandGraceMs(grace: Duration = "10s"): number {
  return parseDuration(grace, "option `grace`") * GRACE_SHARE;
}

/**
 * Runs a program to its end, its lines handed on as they come. It gets a process group of its own, so that an abort
 * reaches its children too: SIGTERM, and SIGKILL when the grace period is over.
 *
 * @throws the signal's reason when it was aborted; `COMMAND_NOT_FOUND` when it could not be started;
 *   `OUTPUT_TOO_LARGE` when it writes more to a kept stdout than memory should hold.
 */
export async function runCommand(request: CommandRequest): Promise<CommandEnd> {
  request.signal.throwIfAborted();
  if (!isFolder(request.cwd)) {
    throw neverAgain(
      new MillraceError("MISSING_FILE", `The working folder ${request.cwd} does not exist.`, {
        hint: "Create the folder, or correct the option `cwd`; it is relative to the project's folder.",
      }),
    );
  }
  const program = (await request.start?.(request)) ?? startProcess(request);
  return await new RunningCommand(program, request).ended;
}

function startProcess({ argv, cwd, env, stdin }: CommandRequest): Program {
  const [file, ...args] = argv as [string, ...string[]];
  return spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: [stdin === null ? "ignore" : "pipe", "pipe", "pipe"],
    detached: true,
  });
}

class RunningCommand {
  readonly ended: Promise<CommandEnd>;
  readonly #child: Program;
  readonly #request: CommandRequest;
  readonly #kept: Buffer[] = [];
  readonly #lastErrors: string[] = [];
  #keptBytes = 0;
  #failure: unknown;
  #timer: NodeJS.Timeout | undefined;

  constructor(child: Program, request: CommandRequest) {
    this.#child = child;
    this.#request = request;
    const out = new LineCutter((line) => request.onLine("stdout", line));
    const err = new LineCutter((line) => {
      if (this.#lastErrors.push(line) > LAST_ERRORS) this.#lastErrors.shift();
      request.onLine("stderr", line);
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      if (request.keepStdout) this.#keep(chunk);
      out.write(chunk);
    });
    child.stderr?.on("data", (chunk: Buffer) => err.write(chunk));
    this.#feed(request.stdin);
    this.ended = new Promise((fulfil, reject) => {
      // A program that cannot be started has an error and no exit; one that runs may have errors beside its exit.
      child.once("error", (cause) => {
        if (child.pid === undefined) reject(this.#settle(notStarted(request, cause)));
      });
      child.once("exit", () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#letGo(), LINGER_MS);
      });
      child.once("close", (code, signal) => {
        out.end();
        err.end();
        this.#settle();
        if (this.#failure !== undefined) reject(this.#failure);
        else fulfil(this.#end(code, signal));
      });
    });
    request.signal.addEventListener("abort", this.#abort, { once: true });
    // It may have been aborted while the program was being started.
    if (request.signal.aborted) this.#abort();
  }

  #end(code: number | null, signal: NodeJS.Signals | null): CommandEnd {
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    return { exitCode, signal, stdout: Buffer.concat(this.#kept), lastErrors: this.#lastErrors };
  }

  #feed(stdin: string | Uint8Array | null): void {
    if (stdin === null || this.#child.stdin === null) return;
    // A program that does not read all of its input closes the pipe; what it makes of that shows in its exit code.
    this.#child.stdin.on("error", () => undefined);
    this.#child.stdin.end(stdin);
  }

  #keep(chunk: Buffer): void {
    this.#keptBytes += chunk.length;
    if (this.#keptBytes <= MAX_STDOUT_BYTES) {
      this.#kept.push(chunk);
      return;
    }
    this.#kept.length = 0;
    this.#stop(
      new MillraceError("OUTPUT_TOO_LARGE", `The command wrote more than ${formatByteSize(MAX_STDOUT_BYTES)}.`, {
        hint: "Let it write to a file, and let the task return the file's name.",
      }),
    );
  }

  readonly #abort = (): void => this.#stop(this.#request.signal.reason);

  #stop(failure: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#kill("SIGTERM");
    this.#timer = setTimeout(() => this.#kill("SIGKILL"), this.#request.graceMs);
  }

  /** The program has ended, and something it has started holds its output open: end that too. */
  #letGo(): void {
    this.#kill("SIGKILL");
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  #kill(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (failed) {
      // No such group: it is gone already.
      if ((failed as NodeJS.ErrnoException).code !== "ESRCH") throw failed;
    }
  }

  #settle<Value>(value?: Value): Value | undefined {
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener("abort", this.#abort);
    return value;
  }
}

function notStarted({ argv, cwd }: CommandRequest, cause: Error): MillraceError {
  const [file = ""] = argv;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "E2BIG") {
    return new MillraceError("COMMAND_FAILED", `The arguments and environment of ${file} are too large to start it.`, {
      hint: "Hand large values over by standard input, or let the program read the file named in MILLRACE_INPUT.",
      cause,
    });
  }
  if (code !== "ENOENT" && code !== "EACCES" && code !== "ENOTDIR") {
    return new MillraceError("COMMAND_FAILED", `${file} could not be started: ${cause.message}.`, { cause });
  }
  const [message, hint] = whyNotFound(file, resolve(cwd, file), code);
  return neverAgain(new MillraceError("COMMAND_NOT_FOUND", message, { hint, cause }));
}

function whyNotFound(file: string, path: string, code: string): [message: string, hint: string] {
  if (!file.includes("/")) {
    const hint = `Install it, or add its folder to PATH, which is ${process.env["PATH"] ?? "not set"}.`;
    return [`The command "${file}" is in none of the folders of PATH.`, hint];
  }
  if (!existsSync(path)) {
    return [`The command "${file}" does not exist.`, "Correct the path; it is relative to the command's folder."];
  }
  if (code === "EACCES") return [`The file "${file}" may not be executed.`, `Make it executable: chmod +x ${file}`];
  const hint = "Look at its first line, `#!…`: the program named there is missing.";
  return [`The file "${file}" exists, but its interpreter does not.`, hint];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
