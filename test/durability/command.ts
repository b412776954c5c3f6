// One `millrace` command line as a process of its own session, as a user's shell starts it.
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { MILLRACE } from "../setup/installed.ts";

export type JsonRecord = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it said in whole lines: what it acknowledged. */
  readonly records: readonly JsonRecord[];
  readonly ms: number;
}

export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface CommandPlace {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
}

export function startMillrace({ dir, env }: CommandPlace, args: readonly string[]): Command {
  const begunAt = performance.now();
  const [program, ...line] = [...MILLRACE, ...args];
  const child = spawn(program, line, {
    cwd: dir,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    let ms = 0;
    child.on("exit", () => {
      ms = performance.now() - begunAt;
    });
    child.on("close", (code, signal) => resolve({ code, signal, ...said, records: recordsOf(said.stdout), ms }));
  });
  return { child, ended };
}

function recordsOf(stdout: string): JsonRecord[] {
  const whole = stdout.slice(0, stdout.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as JsonRecord);
}
