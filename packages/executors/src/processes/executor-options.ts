import { availableParallelism, totalmem } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  type AttemptId,
  INLINE_OUTPUT_BYTES,
  MAX_OUTPUT_BYTES,
  MillraceError,
  type ResourcePolicy,
  type RunId,
  type VaultKind,
  type VersionId,
} from "@millrace/core";
import type { LogStore } from "../logs/log-store.ts";
import { createMark } from "./mark.ts";

/** Where the modules of a version lie on this machine. */
export interface VersionPlace {
  /** The version's folder, absolute; files that tasks name lie under `files` in it. */
  readonly dir: string;
  /** The module of the configuration, or null where the project has none. Relative to `dir`, or absolute. */
  readonly configEntry: string | null;
  /** The module that exports a flow, relative to `dir` or absolute. Throws where the version has no such flow. */
  entryOf(flow: string): string;
}

export interface ProcessExecutorOptions {
  /** The project's folder, absolute: the working directory of all attempts. */
  readonly projectDir: string;
  /** Puts a version on this machine's disk and says where. Asked once for each version. Rejects with `UNKNOWN_VERSION`. */
  readonly resolveVersion: (version: VersionId) => Promise<VersionPlace>;
  readonly logs: LogStore;
  /** The folder of artifacts. */
  readonly artifactsDir: string;
  /** What all processes of this executor carry in their environment, made by `createMark`. Defaults to a new one. */
  readonly mark?: string;
  /**
   * How many attempts run at once, each in a process of its own. Most attempts wait for something else; raise it when
   * they all do, lower it when each computes or needs much memory. Processes are started when there is work for them.
   * Defaults to four for each processor, at least 8 and at most 32.
   */
  readonly workers?: number;
  /**
   * What attempts may claim of the machine, all together; null of either for what there is. Defaults to all processors and
   * four fifths of the memory.
   */
  readonly resources?: { readonly cpuMillis: number | null; readonly memoryBytes: number | null };
  /** A process is replaced after so many attempts. Lower it for code that leaks. Defaults to 10,000. */
  readonly recycleAfter?: number;
  /** An idle process that holds more memory than this is replaced, in bytes. Defaults to 512 MiB. */
  readonly recycleOverBytes?: number;
  /**
   * An attempt fails when its processes hold more memory than this together, in bytes; for attempts that have no limit of
   * their own. A worker that does nothing holds about 60 MB. Defaults to no limit.
   */
  readonly memoryBytes?: number | null;
  /** Of processes without work, all but one are ended after this time, in milliseconds. Defaults to 30,000. */
  readonly idleMs?: number;
  /**
   * Whether the attempts here are still this process's own: false once others may have given them up, because it was
   * frozen or out of reach for too long. Asked before a line is written to a log, and meant to be cheap. What an attempt
   * says from then on is dropped. Defaults to always.
   */
  readonly isTrusted?: () => boolean;
  /**
   * The value of a secret or variable that an attempt asks for. Its attempts get it over their pipes, and it is masked in
   * their logs before they do. No attempt asks when it is a sensor that does. Defaults to none: whoever asks is refused.
   */
  readonly readVault?: (kind: VaultKind, name: string, attempt: AttemptId | null) => Promise<string>;
  /**
   * A token with which an attempt that asks for one reads the API; it gets it as it gets secrets. Defaults to none: whoever
   * asks is refused.
   */
  readonly apiToken?: (run: RunId, attempt: AttemptId) => Promise<string>;
  /** Outputs up to this many bytes of text travel with the report, larger ones as artifacts. Defaults to 64 KiB. */
  readonly inlineOutputBytes?: number;
  /** No output may be larger, in bytes of text. Defaults to 5 GiB. */
  readonly maxOutputBytes?: number;
}

export interface ProcessExecutorConfig extends Required<Omit<ProcessExecutorOptions, "memoryBytes" | "resources">> {
  readonly resources: ResourcePolicy;
  readonly memoryBytes: number | null;
  /** How many processes may be starting up at the same time. */
  readonly startsAtOnce: number;
  /** The programs of workers and of the guardian. */
  readonly workerEntry: string;
  readonly guardianEntry: string;
  readonly execArgv: readonly string[];
}

/** The rest is for the control plane, the operating system, and what attempts need beyond what they say. */
const SHARE_OF_MEMORY = 0.8;

/** A container may have less than its machine. */
function machineBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** In place of a vault where there is none. */
export async function noVault(kind: VaultKind, name: string): Promise<never> {
  const code = kind === "secret" ? "MISSING_SECRET" : "MISSING_VARIABLE";
  throw new MillraceError(code, `There is no ${kind} "${name}": this executor has no vault.`);
}

async function noApiToken(): Promise<never> {
  throw new MillraceError("MISSING_SECRET", "There is no token for the API: this executor has none to give.");
}

export function resolveExecutorOptions(options: ProcessExecutorOptions): ProcessExecutorConfig {
  const processors = availableParallelism();
  return Object.freeze({
    projectDir: options.projectDir,
    resolveVersion: options.resolveVersion,
    logs: options.logs,
    artifactsDir: options.artifactsDir,
    mark: options.mark ?? createMark(options.projectDir),
    workers: options.workers ?? Math.min(32, Math.max(8, 4 * processors)),
    resources: Object.freeze({
      cpuMillis: options.resources?.cpuMillis ?? processors * 1_000,
      memoryBytes: options.resources?.memoryBytes ?? Math.floor(machineBytes() * SHARE_OF_MEMORY),
    }),
    recycleAfter: options.recycleAfter ?? 10_000,
    recycleOverBytes: options.recycleOverBytes ?? 512 * 1024 * 1024,
    memoryBytes: options.memoryBytes ?? null,
    idleMs: options.idleMs ?? 30_000,
    isTrusted: options.isTrusted ?? (() => true),
    readVault: options.readVault ?? noVault,
    apiToken: options.apiToken ?? noApiToken,
    inlineOutputBytes: options.inlineOutputBytes ?? INLINE_OUTPUT_BYTES,
    maxOutputBytes: options.maxOutputBytes ?? MAX_OUTPUT_BYTES,
    startsAtOnce: Math.max(2, processors),
    workerEntry: fileURLToPath(new URL("../child/main.ts", import.meta.url)),
    guardianEntry: fileURLToPath(new URL("../guardian/main.ts", import.meta.url)),
    // In the workspace our sources run unbuilt, and children must resolve our packages as we do.
    execArgv: process.execArgv.filter((arg) => arg.startsWith("--conditions=") || arg.startsWith("-C=")),
  });
}
