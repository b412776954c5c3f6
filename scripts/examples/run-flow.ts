// What the examples' `ci` scripts share: running a flow through the command line, and reading what it tells programs.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** One line of `millrace run --json`, as far as the examples look at it. */
export interface RunRecord {
  readonly type: string;
  readonly run: string;
  readonly task?: string;
  readonly state?: string;
  readonly cached?: boolean;
  readonly attempts?: number;
  readonly durationMs?: number;
  readonly delayMs?: number | null;
  readonly arm?: string | null;
  readonly hook?: string;
  readonly error?: { readonly code: string | null; readonly message: string } | null;
}

export interface Ran {
  readonly code: number | null;
  readonly records: readonly RunRecord[];
  readonly stderr: string;
}

/** Runs `millrace <args>` in the example's folder, as somebody at a terminal would. */
export async function millrace(
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn("millrace", args, { stdio: ["ignore", "pipe", "pipe"] });
  const code = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** Runs a flow with `--json` and gives its records, each of which must be one line of JSON. */
export async function runFlow(flow: string, ...args: readonly string[]): Promise<Ran> {
  const { code, stdout, stderr } = await millrace("run", flow, "--json", ...args);
  const lines = stdout.split("\n").filter((line) => line !== "");
  const records = lines.map((line) => JSON.parse(line) as RunRecord);
  for (const { type, task, state, error } of records) {
    if (state === "failed") process.stdout.write(`${type} ${task ?? ""}: ${error?.message ?? "failed"}\n`);
  }
  if (stderr !== "") process.stdout.write(stderr);
  assert.equal(records.at(-1)?.type, "run.finished", "the last record says how the run ended");
  return { code, records, stderr };
}

/** The record of how a task ended, skipped ones too. */
export function endOf({ records }: Ran, task: string): RunRecord {
  const found = records.find(
    (record) => record.task === task && (record.type === "task.finished" || record.type === "task.skipped"),
  );
  assert.ok(found, `${task} ended`);
  return found;
}

/** How often a record of this type is there, of one task or of any. */
export function countOf({ records }: Ran, type: string, task?: string): number {
  return records.filter((record) => record.type === type && (task === undefined || record.task === task)).length;
}
