// What the gates share: running a program of the workspace and saying how it went.
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";

/** Runs a program with this terminal and gives its exit code; a signal counts as 1. */
export function run(command: string, args: readonly string[], cwd = process.cwd()): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", cwd });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** Runs a program and gives, beside its exit code, all that it wrote to its outputs, in the order in which it came. */
export async function runQuietly(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const pieces: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Buffer) => pieces.push(piece));
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? 1, output: Buffer.concat(pieces).toString() };
}

/** Runs a program and throws when it fails: for the steps of a build, where the next step needs the last. */
export async function must(command: string, args: readonly string[], cwd = process.cwd()): Promise<void> {
  const code = await run(command, args, cwd);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
}
