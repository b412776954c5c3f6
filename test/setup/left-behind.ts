// A test that leaves a process or a file behind fails the run: what leaks in a test leaks in a server, for months.
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

const MARK = "MILLRACE_TEST_RUN";
// A process that was told to stop may need a moment to be gone.
const PATIENCE_MS = 5_000;

type Left = { readonly pid: number; readonly command: string };

/** Processes that inherited the mark of this run, without vitest's own workers. Where there is no /proc: none. */
function processesLeft(mark: string): Left[] {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        const ours = environment.includes(`${MARK}=${mark}`) && command !== "" && !/vitest|esbuild/.test(command);
        return ours ? [{ pid, command }] : [];
      } catch {
        // It ended while we looked, or it is somebody else's.
        return [];
      }
    });
}

async function waitForProcesses(mark: string): Promise<Left[]> {
  const deadline = performance.now() + PATIENCE_MS;
  let left = processesLeft(mark);
  while (left.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    left = processesLeft(mark);
  }
  return left;
}

export function setup(): () => Promise<void> {
  const outside = tmpdir();
  const folder = mkdtempSync(path.join(outside, "mr-"));
  // A database server that drops its rights has to get in, too.
  chmodSync(folder, 0o755);
  const mark = path.basename(folder);
  process.env["TMPDIR"] = folder;
  process.env[MARK] = mark;
  // Shared between runs on purpose, so it is not a leak.
  process.env["NODE_COMPILE_CACHE"] ??= path.join(outside, "node-compile-cache");

  return async () => {
    const processes = await waitForProcesses(mark);
    for (const { pid } of processes) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Gone by itself.
      }
    }
    const files = readdirSync(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    const found = [
      ...processes.map(({ pid, command }) => `process ${pid}: ${command}`),
      ...files.map((file) => `in the temporary folder: ${file}`),
    ];
    if (found.length > 0) throw new Error(`The tests left something behind.\n${found.join("\n")}`);
  };
}
