import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Work } from "./peer.ts";

/** One run, in milliseconds. The instants come from the tasks themselves, on the clock that all processes share. */
export interface Sample {
  /** From the request for the run to the start of its first task. */
  readonly toFirstMs: number;
  /** From the request for the run to the end of its last task. */
  readonly toLastMs: number;
}

interface Noted {
  readonly began: bigint;
  readonly ended: bigint;
  readonly value: number;
}

export const now = (): bigint => process.hrtime.bigint();

/** Waits until all tasks of a run have noted that they ran. `check` throws when there is nothing to wait for any more. */
export async function awaitTasks(file: string, work: Work, check: () => Promise<void>): Promise<readonly Noted[]> {
  for (;;) {
    const noted = readJournal(file);
    if (noted.length >= work.tasks) return noted;
    await check();
    await sleep(10);
  }
}

/** How many tasks have ended so far. */
export function countTasks(file: string): number {
  return readJournal(file).length;
}

/** @throws when a task ran twice, or gave something else than it should. */
export function sampleOf(requested: bigint, noted: readonly Noted[], work: Work): Sample {
  const values = noted.map(({ value }) => value).sort((a, b) => a - b);
  if (values.join() !== work.values.join()) throw new Error(`the tasks gave ${values.join()}`);
  const first = noted.reduce((least, { began }) => (began < least ? began : least), noted[0]?.began ?? requested);
  const last = noted.reduce((most, { ended }) => (ended > most ? ended : most), requested);
  return { toFirstMs: Number(first - requested) / 1e6, toLastMs: Number(last - requested) / 1e6 };
}

export function journalOf(journals: string, key: string): string {
  return path.join(journals, key);
}

function readJournal(file: string): Noted[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // No task has begun.
    return [];
  }
  // A line that is not whole yet is left for the next look.
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines.filter(Boolean).map((line) => {
    const [began = "", ended = "", value = ""] = line.split(" ");
    return { began: BigInt(began), ended: BigInt(ended), value: Number(value) };
  });
}
