import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import process from "node:process";
import type { VersionFile, VersionId, WorkerLabels } from "@millrace/core";
import { createMark, sweepDeadExecutors, type VersionPlace } from "@millrace/executors";
import { WorkerHost, type WorkerNews } from "@millrace/executors/remote";
import { placeOf, placeVersion, readManifest } from "../versions/version-folder.ts";

export interface WorkerOptions {
  /** The project's folder on this machine: where its packages are installed. Attempts run there. */
  readonly projectDir: string;
  /** Addresses of the project's servers. */
  readonly servers: readonly string[];
  readonly readToken: () => Promise<string | null>;
  /** For people. Defaults to the machine's name. */
  readonly name?: string;
  readonly labels: WorkerLabels;
  /** Attempts at once. Defaults to the executor's own default. */
  readonly slots?: number;
  /** Of Millrace. */
  readonly version: string;
  /** Must not throw. */
  readonly onNews: (news: WorkerNews) => void;
}

export interface RunningWorker {
  readonly name: string;
  /** Rejects with a server's final refusal. Comes back after `leave`. */
  readonly ended: Promise<void>;
  /** How many attempts it has. */
  readonly busy: number;
  /** Takes nothing new, lets what runs end for up to `drainMs`, and leaves. */
  leave(drainMs: number): Promise<void>;
}

/** Starts a worker in this process. */
export async function runWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { projectDir, servers, readToken, labels, slots, version, onNews } = options;
  const dataDir = path.join(projectDir, ".millrace");
  const name = options.name ?? hostname();
  await mkdir(dataDir, { recursive: true });
  // What a worker that was killed left running must not go on beside what is started now.
  await sweepDeadExecutors(projectDir);
  const ownDir = path.join(await workersDir(dataDir), String(process.pid));
  const host = new WorkerHost({
    servers,
    readToken,
    id: `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`,
    name,
    host: hostname(),
    version,
    labels,
    projectDir,
    artifactsDir: path.join(ownDir, "artifacts"),
    placeVersion: (id, fetch) => place(dataDir, id, fetch),
    mark: createMark(projectDir),
    onNews,
    ...(slots === undefined ? {} : { slots }),
  });
  const ended = host.run();
  // Whoever waits for it hears of it; when nobody does yet, it is no unhandled failure.
  ended.catch(() => undefined);
  return {
    name,
    ended,
    get busy() {
      return host.busy;
    },
    async leave(drainMs) {
      await host.leave(drainMs);
      await rm(ownDir, { recursive: true, force: true });
    },
  };
}

/** The folders of workers on this machine, but for those of dead ones, which go. */
async function workersDir(dataDir: string): Promise<string> {
  const dir = path.join(dataDir, "workers");
  await mkdir(dir, { recursive: true });
  for (const name of await readdir(dir)) {
    if (!isAlive(Number(name))) await rm(path.join(dir, name), { recursive: true, force: true });
  }
  return dir;
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function place(
  dataDir: string,
  version: VersionId,
  fetch: () => Promise<readonly VersionFile[]>,
): Promise<VersionPlace> {
  const dir = await placeVersion({ dataDir }, version, fetch);
  return placeOf(dir, await readManifest(dir));
}
