// The processes of one moment, found in /proc by a variable that all of them inherit, whatever started them.
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";

export const MOMENT_VARIABLE = "DURABILITY_MOMENT";

type Role = "main" | "guardian" | "worker" | "host" | "other";

export interface Process {
  readonly pid: number;
  readonly role: Role;
  readonly command: string;
}

const LOOK_MS = 10;

/** The living processes of a moment. A zombie is dead. */
export function processesOf(moment: string): Process[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
        if (!environment.includes(`${MOMENT_VARIABLE}=${moment}`)) return [];
        if (/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"))) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim();
        return [{ pid, command, role: roleOf(command) }];
      } catch {
        // It has ended between two looks, or belongs to somebody else.
        return [];
      }
    });
}

function roleOf(command: string): Role {
  // A module of a folder in the sources, and of the same name among the published files.
  if (/[/-]guardian[/-]main\b/.test(command)) return "guardian";
  if (/[/-]definition-host[/-]main\b/.test(command)) return "host";
  if (/[/-]child[/-]main\b/.test(command)) return "worker";
  return command.includes("/bin/millrace.js") ? "main" : "other";
}

/** Waits until none is left, and gives those that are after that time. */
export async function untilNone(moment: string, withinMs: number): Promise<readonly Process[]> {
  for (const giveUpAt = performance.now() + withinMs; ; ) {
    const left = processesOf(moment);
    if (left.length === 0 || performance.now() > giveUpAt) return left;
    await pause(LOOK_MS);
  }
}

export function killNow(processes: readonly Process[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It was faster.
    }
  }
}
