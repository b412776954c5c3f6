import { spawn } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { ROOT } from "./mutants.ts";

export interface VitestRun {
  readonly passed: boolean;
  readonly output: string;
}

export interface VitestSetting {
  readonly env?: Readonly<Record<string, string>>;
  /** Called with what ends it and its workers; gives what is to be done when it has ended. */
  readonly watch?: (kill: () => void) => () => void;
}

/** Runs vitest in a process of its own, from the repository's folder. */
export async function runVitest(args: readonly string[], { env = {}, watch }: VitestSetting = {}): Promise<VitestRun> {
  const vitest = path.join(ROOT, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [vitest, "run", ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    // A group of its own, so that it can be ended with its workers.
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const end = watch?.(() => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  end?.();
  return { passed: code === 0, output };
}
