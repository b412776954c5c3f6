import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Failed, Measured } from "./measure.ts";
import type { Language, WorkName } from "./peer.ts";

/** What one run of the bench found. */
export interface Results {
  /** The day, as `2026-03-01`. */
  readonly date: string;
  readonly machine: string;
  /** How busy the machine was before the first peer, as the average load of a minute. */
  readonly loadBefore: number;
  readonly options: { readonly repetitions: number; readonly budgetS: number; readonly limitS: number };
  /** What a reader should know of this run beside the figures, written by whoever kept it. */
  readonly remarks?: readonly string[];
  readonly rows: readonly Row[];
}

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly language: Language;
  readonly ours: boolean;
  readonly versions: readonly string[];
  readonly tasksRunIn: string;
  readonly durable: string;
  readonly settings: readonly string[];
  /** Why it could not be installed or started. */
  readonly failure: string | null;
  readonly works: Readonly<Partial<Record<WorkName, Measured | Failed>>>;
}

const FOLDER = path.join(import.meta.dirname, "results");

/** Writes the figures and the page that shows them; a second time on one day replaces the first. */
export function writeResults(results: Results, page: string): readonly string[] {
  mkdirSync(FOLDER, { recursive: true });
  const files = { json: `${JSON.stringify(results, null, 2)}\n`, md: page };
  return Object.entries(files).map(([ending, text]) => {
    const file = path.join(FOLDER, `${results.date}.${ending}`);
    writeFileSync(file, text);
    return file;
  });
}

/** The figures of the newest run that is kept. */
export function newestResults(): Results | undefined {
  if (!existsSync(FOLDER)) return undefined;
  const newest = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .at(-1);
  return newest === undefined ? undefined : (JSON.parse(readFileSync(path.join(FOLDER, newest), "utf8")) as Results);
}
