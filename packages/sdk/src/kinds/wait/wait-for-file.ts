import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type Duration, parseDuration } from "@millrace/core";
import { CallSite } from "../../source/call-site.ts";
import { refusal, withPlace } from "../../source/refuse.ts";
import type { TaskContext } from "../../task/context.ts";
import { defineTask } from "../../task/define-task.ts";
import type { Task } from "../../task/task.ts";
import { type PollOptions, pollOnce, readPoll, type Waited } from "./poll.ts";

/** A file to wait for, with the policies that every task takes. */
export interface FileWaitOptions<In, Checked, OnTimeout extends "fail" | "continue">
  extends PollOptions<In, Checked, OnTimeout> {
  /** The file, relative to the project's folder, or a function that gives it. A folder counts too. */
  readonly path: string | ((input: Checked, context: TaskContext) => string);
  /** How long it must have been left unchanged, for files that are written in place. Defaults to 0. */
  readonly settled?: Duration;
}

/** The file that a wait has found. */
export interface FoundFile {
  /** As it was asked for. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/**
 * Waits for a file, looking at intervals. The slot is free between two looks, and the wait survives restarts.
 *
 * @example
 * wait.forFile("delivery", { path: "in/orders.csv", every: "1m", timeout: "6h", settled: "30s" })
 */
export function waitForFile<In = void, Checked = In, OnTimeout extends "fail" | "continue" = "fail">(
  name: string,
  options: FileWaitOptions<In, Checked, OnTimeout>,
): Task<In, Waited<FoundFile, OnTimeout>> {
  type Out = Waited<FoundFile, OnTimeout>;
  const site = new CallSite(waitForFile);
  const { path, settled, every, timeout, onTimeout, input, ...policies } = options;
  if (path === undefined || path === "") {
    const hint = 'Name the file: path: "in/orders.csv".';
    throw refusal({ code: "INVALID_OPTION", message: `the \`path\` of task "${name}" is missing`, hint }, site);
  }
  const config = readPoll(name, { every, timeout, onTimeout }, site);
  const settledMs = withPlace(site, () => parseDuration(settled ?? 0, `\`settled\` of task "${name}"`));
  return defineTask<In, Out, Checked>({
    name,
    taskKind: "wait",
    options: policies,
    details: typeof path === "string" ? { file: path } : {},
    input,
    site,
    run: async (value, context) => {
      const wanted = typeof path === "function" ? path(value, context) : path;
      const absolute = resolve(context.projectDir, wanted);
      return (await pollOnce(config, context, () => lookAt(wanted, absolute, settledMs))) as Out;
    },
  });
}

async function lookAt(path: string, absolute: string, settledMs: number): Promise<FoundFile | undefined> {
  try {
    const { size, mtime, mtimeMs } = await stat(absolute);
    // The file system counts finer than the clock, so a file may seem to be of the future.
    if (settledMs > 0 && Date.now() - mtimeMs < settledMs) return undefined;
    return { path, bytes: size, modifiedAt: mtime };
  } catch (failed) {
    const { code } = failed as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw failed;
  }
}
