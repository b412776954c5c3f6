import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { encodeFrame, FrameReader } from "../framing/frame.ts";
import { ORDERS_FD, REPORTS_FD } from "../framing/messages.ts";
import { environmentForChildren } from "../processes/child-environment.ts";
import { killTree } from "../processes/kill-tree.ts";
import { exactly, MARK_VARIABLE, markValue } from "../processes/mark.ts";
import type { Interruptible } from "./interrupted-at.ts";
import type { FromHost, ToHost } from "./messages.ts";

export interface HostProcessOptions {
  readonly projectDir: string;
  readonly artifactsDir: string;
  /** Names the process in the process table, so that it can be found and killed when this process is gone. */
  readonly mark: string;
  /** The mark is its own: whatever else carries it was started by it, and is killed with it. Defaults to no. */
  readonly hasOwnMark?: boolean;
  /** What users' code prints while it is loaded. */
  readonly onOutput: (text: string) => void;
  readonly onMessage: (message: FromHost, payload: string) => void;
  /** Called once, with how it ended: `exit code 1`, `SIGKILL`. */
  readonly onEnd: (how: string) => void;
}

const NODE_OPTIONS = [
  // Only used when SIGUSR1 wakes the inspector; 0 takes a free port.
  "--inspect-port=127.0.0.1:0",
  // Loading modules makes much that lives on: fewer rounds through a larger nursery save a tenth of the time.
  "--min-semi-space-size=16",
  "--max-semi-space-size=32",
];

/** One child that imports users' modules. It ends when its parent does, or when its pipe closes. */
export class HostProcess implements Interruptible {
  readonly #child: ChildProcess;
  readonly #orders: Writable;
  #onErrorOutput: (text: string) => void;
  readonly #ended: Promise<void>;
  readonly #ownMark: string | null;

  constructor(options: HostProcessOptions) {
    const entry = fileURLToPath(new URL("./main.ts", import.meta.url));
    this.#child = spawn(process.execPath, [...conditions(), ...NODE_OPTIONS, entry, options.artifactsDir], {
      // Places in sources are counted from here.
      cwd: options.projectDir,
      env: { ...environmentForChildren(), [MARK_VARIABLE]: markValue(options.mark) },
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    });
    this.#orders = this.#child.stdio[ORDERS_FD] as Writable;
    this.#orders.on("error", () => undefined);
    const frames = new FrameReader((header, payload) => {
      options.onMessage(JSON.parse(header) as FromHost, payload.toString("utf8"));
    });
    const reports = this.#child.stdio[REPORTS_FD] as Readable;
    reports.on("data", (chunk: Buffer) => frames.push(chunk));
    this.#child.stdout?.setEncoding("utf8").on("data", options.onOutput);
    this.#onErrorOutput = options.onOutput;
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#onErrorOutput(text));
    this.#ownMark = options.hasOwnMark ? options.mark : null;
    this.#ended = ended(this.#child, reports).then(options.onEnd);
  }

  send(message: ToHost, payload = ""): void {
    this.#orders.write(encodeFrame(JSON.stringify(message), payload));
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** From now on the listener gets it, and nobody else. */
  onErrorOutput(listener: (text: string) => void): void {
    this.#onErrorOutput = listener;
  }

  /** Ends it at once: it holds nothing that is worth a goodbye. */
  async stop(): Promise<void> {
    this.ref();
    if (this.#ownMark !== null) await killTree({ filter: exactly(this.#ownMark), leaders: this.#living() });
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** As long as it lives, what it started is found below it, marked or not. */
  #living(): number[] {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined || exitCode !== null || signalCode !== null ? [] : [pid];
  }

  /** Lets this process end while the child is idle. */
  unref(): void {
    this.#child.unref();
    for (const pipe of this.#child.stdio) (pipe as unknown as { unref?(): void } | null)?.unref?.();
  }

  ref(): void {
    this.#child.ref();
    for (const pipe of this.#child.stdio) (pipe as unknown as { ref?(): void } | null)?.ref?.();
  }
}

/** How it ended, once it has ended and all that it said has been read. */
async function ended(child: ChildProcess, reports: Readable): Promise<string> {
  const exit = new Promise<string>((resolve) => {
    child.on("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.on("error", (error) => resolve(error.message));
  });
  // Not `close` of the child, which waits for whatever users' code left running with its standard streams.
  const read = new Promise((resolve) => reports.on("close", resolve));
  return (await Promise.all([exit, read]))[0];
}

/** In the workspace our sources run unbuilt, and the child must resolve our packages as we do. */
export function conditions(): string[] {
  return process.execArgv.filter((arg) => arg.startsWith("--conditions=") || arg.startsWith("-C="));
}
