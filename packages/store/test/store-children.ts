import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";

export type Child = ChildProcessByStdio<null, Readable, null>;

const SCRIPTS = {
  "commit-until-killed": new URL("./children/commit-until-killed.ts", import.meta.url),
  "lead-and-tell": new URL("./children/lead-and-tell.ts", import.meta.url),
  "loaded-packages": new URL("./children/loaded-packages.ts", import.meta.url),
  "send-command": new URL("./children/send-command.ts", import.meta.url),
  "take-turns": new URL("./children/take-turns.ts", import.meta.url),
};

/** Starts processes that open a store; what is left of them after a test is killed. */
export function storeChildren(): (script: keyof typeof SCRIPTS, args: readonly string[]) => Child {
  const children: Child[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child);
  });
  return (script, args) => {
    const child = spawn(process.execPath, ["--conditions=@millrace/source", fileURLToPath(SCRIPTS[script]), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    return child;
  };
}

export async function kill(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** How a child ended: its exit code. */
export async function ended(child: Child): Promise<unknown> {
  return child.exitCode ?? (await once(child, "exit"))[0];
}
