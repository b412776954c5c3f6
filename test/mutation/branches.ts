import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runVitest } from "./run-vitest.ts";

/** How many branches there are, and how many of them the tests take. */
export interface Branches {
  readonly covered: number;
  readonly total: number;
}

/** Runs tests and counts the branches that they take in some files. */
export async function countBranches(tests: readonly string[], files: readonly string[]): Promise<Branches> {
  const folder = mkdtempSync(path.join(tmpdir(), "millrace-branches-"));
  try {
    const { passed, output } = await runVitest([
      ...tests,
      "--reporter=dot",
      "--coverage",
      "--coverage.reporter=json-summary",
      `--coverage.reportsDirectory=${folder}`,
      ...files.map((file) => `--coverage.include=${file}`),
      // What is missing is counted here, and fails the row instead of the run.
      "--coverage.thresholds.branches=0",
    ]);
    if (!passed) throw new Error(`the tests fail:\n${output}`);
    const summary = JSON.parse(readFileSync(path.join(folder, "coverage-summary.json"), "utf8")) as Summary;
    return summary.total.branches;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Summary {
  readonly total: { readonly branches: Branches };
}
