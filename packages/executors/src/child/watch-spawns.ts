import childProcess, { ChildProcess } from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import { MARK_VARIABLE } from "../processes/mark.ts";
import { readLastPid } from "../processes/process-table.ts";

type Spawn = (options: { envPairs?: string[] }) => unknown;
type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Notes whether the attempt starts processes, so that the process table is searched after those attempts only; and puts
 * the executor's mark into the environment of each, when the author gave it one without.
 */
export class SpawnWatch {
  /** A pid from which on processes of the attempt may have theirs; 0 when it has started none. */
  spawnedFrom = 0;
  /** Processes of this attempt's kind that stay for later ones. */
  kept: number[] = [];
  readonly #mark = `${MARK_VARIABLE}=${process.env[MARK_VARIABLE] ?? ""}`;

  /** A new attempt: it has started nothing yet. */
  reset(): void {
    this.spawnedFrom = 0;
    this.kept = [];
  }

  /** What a kept process starts is not seen here, so whoever uses one may have started something. */
  keep(pid: number): void {
    this.#note();
    this.kept.push(pid);
  }

  install(): void {
    const note = (): void => this.#note();
    const withMark = (pairs: string[]): void => this.#addMark(pairs);
    // `spawn`, `exec`, `execFile` and `fork` all end up here.
    const prototype = ChildProcess.prototype as unknown as { spawn: Spawn };
    const { spawn } = prototype;
    prototype.spawn = function spawnNoted(this: unknown, options): unknown {
      note();
      if (options.envPairs !== undefined) withMark(options.envPairs);
      return spawn.call(this, options);
    };
    const functions = childProcess as unknown as Record<string, AnyFunction>;
    for (const name of ["spawnSync", "execSync", "execFileSync"]) {
      const original = functions[name];
      if (original === undefined) continue;
      functions[name] = (...args: unknown[]): unknown => {
        note();
        return original(...args);
      };
    }
    syncBuiltinESMExports();
  }

  #note(): void {
    // Without knowing the newest pid, any may be the attempt's.
    if (this.spawnedFrom === 0) this.spawnedFrom = Math.max(1, readLastPid());
  }

  #addMark(pairs: string[]): void {
    if (!pairs.some((pair) => pair.startsWith(`${MARK_VARIABLE}=`))) pairs.push(this.#mark);
  }
}
