import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import type { MARK_VARIABLE as VARIABLE } from "@millrace/core";
import { readPidNamespace, readStartTicks } from "./process-table.ts";

// Every process that an executor starts carries its mark in the environment, and so does all that these start. A mark
// is `<project>:<pid>-<start of that pid>-<n>`: it names the project, and the process that holds the executor, so that
// whoever finds a marked process can tell whether its executor still lives. The variable is a list, because a task may
// itself run Millrace: the inner processes carry both marks, and die with either.

/** The same name as core has; only its type is taken from there, so that a guardian does not load all of core. */
export const MARK_VARIABLE: typeof VARIABLE = "MILLRACE_EXECUTOR";

const SEPARATOR = ",";
const MARK = /^([0-9a-f]{12}):(\d+)-(\d+)-(\d+)$/;

let executorsMade = 0;

/**
 * The first part of the marks of a project: a hash of its folder, and of the space in which process ids are given. A
 * server in a container may share folder and machine with another outside; but the ids in its marks mean nothing there,
 * and its living workers would pass for those of the dead.
 */
function projectMark(projectDir: string): string {
  let folder = resolve(projectDir);
  try {
    folder = realpathSync(folder);
  } catch {
    // A folder that is gone still has a name.
  }
  return createHash("sha256").update(`${folder}\0${readPidNamespace()}`).digest("hex").slice(0, 12);
}

/** A new mark for an executor of this project that lives in this process. */
export function createMark(projectDir: string): string {
  executorsMade += 1;
  return `${projectMark(projectDir)}:${process.pid}-${readStartTicks(process.pid) ?? 0}-${executorsMade}`;
}

/** The mark of one worker of an executor. */
export function workerMark(mark: string, worker: number): string {
  return `${mark}/${worker}`;
}

/** The mark of a process that polls sensors; `number` is its own among those of this process. */
export function pollerMark(mark: string, number: number): string {
  return `${mark}/poller-${number}`;
}

/** What to put in the environment of a process: its own mark behind those that this process carries itself. */
export function markValue(mark: string): string {
  const inherited = process.env[MARK_VARIABLE];
  return inherited === undefined || inherited === "" ? mark : `${inherited}${SEPARATOR}${mark}`;
}

/** Which marked processes are meant. */
export type MarkFilter = (mark: string) => boolean;

/** All that an executor started. */
export function ofExecutor(mark: string): MarkFilter {
  return (carried) => carried === mark || carried.startsWith(`${mark}/`);
}

/** All that one worker and its attempts started, the worker included. */
export function ofWorker(mark: string, worker: number): MarkFilter {
  return exactly(workerMark(mark, worker));
}

/** All that carries this very mark. */
export function exactly(mark: string): MarkFilter {
  return (carried) => carried === mark;
}

/** All that executors of this project left, whose own process is gone. */
export function ofDeadExecutors(projectDir: string): MarkFilter {
  const project = projectMark(projectDir);
  return (carried) => {
    const [executor = ""] = carried.split("/");
    const parts = MARK.exec(executor);
    if (parts === null || parts[1] !== project) return false;
    const ticks = readStartTicks(Number(parts[2]));
    return ticks === undefined || String(ticks) !== parts[3];
  };
}

/** All that executors of this project started which live in one process, named by its id and start. */
export function ofServer(projectDir: string, server: string): MarkFilter {
  const prefix = `${projectMark(projectDir)}:${server}-`;
  return (carried) => carried.startsWith(prefix);
}

/** Whether an environment's value of the variable holds a mark that is meant. */
export function carries(value: string, filter: MarkFilter): boolean {
  return value.includes(SEPARATOR) ? value.split(SEPARATOR).some(filter) : filter(value);
}
