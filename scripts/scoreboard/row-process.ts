import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import process from "node:process";
import type { RowResult, StoreName } from "../../test/scoreboard/row.ts";

/** What a row's process is asked to do. */
export interface RowJob {
  readonly file: string;
  readonly store: StoreName;
  readonly full: boolean;
  readonly seed: number;
}

/** What a row's process says. */
export type FromRow =
  | { readonly kind: "log"; readonly line: string }
  | { readonly kind: "postgres" }
  | { readonly kind: "result"; readonly result: RowResult }
  | { readonly kind: "failed"; readonly text: string };

/** The answer to `postgres`. */
export interface ToRow {
  readonly url?: string;
  readonly error?: string;
}

export interface RowSupport {
  readonly limitMs: number;
  readonly log: (line: string) => void;
  readonly postgresUrl: () => Promise<string>;
}

const CHILD = path.join(import.meta.dirname, "row-child.ts");

/** Runs a row in a process of its own. What goes wrong with the process is the row's figure: it was not reached. */
export function runRow(job: RowJob, { limitMs, log, postgresUrl }: RowSupport): Promise<RowResult> {
  const child = fork(CHILD, [JSON.stringify(job)], {
    execArgv: ["--conditions=@millrace/source"],
    // A session of its own, so that all of it can be ended.
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return new Promise((resolve) => {
    let result: RowResult | undefined;
    const timer = setTimeout(() => {
      result = { figure: `not over after ${limitMs / 60_000} minutes`, reached: false };
      killGroup(child);
    }, limitMs);
    child.on("message", (message: FromRow) => {
      if (message.kind === "log") log(message.line);
      else if (message.kind === "result") result ??= message.result;
      else if (message.kind === "failed") {
        log(message.text);
        result ??= { figure: `failed: ${message.text.split("\n")[0]}`, reached: false };
      } else void postgresUrl().then(...answerTo(child));
    });
    child.on("error", (error) => {
      result ??= { figure: `failed: ${error.message}`, reached: false };
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve(result ?? { figure: `its process ended with ${signal ?? code}`, reached: false });
    });
  });
}

function answerTo(child: ChildProcess): [(url: string) => void, (error: unknown) => void] {
  const answer = (message: ToRow): void => {
    if (child.connected) child.send(message);
  };
  return [
    (url) => answer({ url }),
    (error) => answer({ error: error instanceof Error ? error.message : "it ended as it began" }),
  ];
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
