import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MillraceError } from "@millrace/core";
import { toFolderError } from "./folder-error.ts";
import { prepareDataDir } from "./open-project.ts";
import type { Project } from "./project.ts";

/** Where the `millrace dev` of a project is. */
interface DevPlace {
  readonly pid: number;
  /** Null until it listens. */
  readonly url: string | null;
}

/** The right to be the one `millrace dev` of a project. */
export interface DevInstance {
  /** Tells others where it listens. */
  announce(url: string): void;
  /** Twice is fine. */
  release(): void;
}

/**
 * Claims a project for a `millrace dev`: an exclusive transaction on a side file. It is a lock of the operating system, so
 * it ends with its holder however that dies, and a file that was left behind is no obstacle.
 *
 * @throws `DEV_RUNNING` with the place of the one that is there.
 */
export function claimDev(project: Project): DevInstance {
  prepareDataDir(project);
  const lock = takeLock(path.join(project.dataDir, "dev.lock"), project);
  if (lock === undefined) throw isRunning(project);
  const file = placeFile(project);
  const write = (url: string | null): void => writeFileSync(file, JSON.stringify({ pid: process.pid, url }));
  write(null);
  return {
    announce: write,
    release: () => {
      if (!lock.isOpen) return;
      rmSync(file, { force: true });
      lock.close();
    },
  };
}

/** Undefined when another process holds the lock. Never waits. */
function takeLock(file: string, project: Project): DatabaseSync | undefined {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec("begin exclusive");
    return lock;
  } catch (error) {
    lock.close();
    // SQLITE_BUSY.
    if ((error as { errcode?: number }).errcode === 5) return undefined;
    throw toFolderError(error, project.dataDir);
  }
}

function placeFile({ dataDir }: Project): string {
  return path.join(dataDir, "dev.json");
}

function isRunning(project: Project): MillraceError {
  const place = readPlace(project);
  const who = place === undefined ? "" : ` (pid ${place.pid})`;
  const where = place?.url == null ? "" : `, on ${place.url}`;
  return new MillraceError("DEV_RUNNING", `\`millrace dev\` runs for this project already${who}${where}.`, {
    hint: "Use that one, or end it first: q in its terminal, or Ctrl-C.",
  });
}

function readPlace(project: Project): DevPlace | undefined {
  try {
    return JSON.parse(readFileSync(placeFile(project), "utf8")) as DevPlace;
  } catch {
    // It has just begun, or is about to end.
    return undefined;
  }
}
