import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { csvFormat } from "d3-dsv";
import { task } from "millrace";
import type { Check } from "./figures.ts";
import type { CheckedMonth } from "./ingest.ts";
import type { Reject } from "./sort-out.ts";

export interface Rejects {
  /** How many flights there were, and how many of them are among the rejected. */
  flights: { read: number; rejected: number };
  rejected: Reject[];
}

/** Brings all rejected rows together, and keeps them in a file that somebody can look into. */
export const keepRejects = task(
  "keep-rejects",
  async ({ months, others }: { months: CheckedMonth[]; others: Reject[][] }, { projectDir, report, log }) => {
    const badFlights = months.flatMap((month) => month.rejected);
    const rejected = [...others.flat(), ...badFlights];
    const flights = { read: months.reduce((sum, month) => sum + month.read, 0), rejected: badFlights.length };
    await mkdir(path.join(projectDir, "out"), { recursive: true });
    await writeFile(
      path.join(projectDir, "out/rejects.csv"),
      csvFormat(rejected, ["source", "row", "reason", "record"]),
    );
    for (const { source, row, reason } of rejected) log.warn(`${source}, row ${row}: ${reason}`);
    report.materialization({ asset: "rejects.csv", metadata: { rows: rejected.length } });
    return { flights, rejected } satisfies Rejects;
  },
);

export interface Verdict {
  passed: boolean;
  checks: Check[];
  failed: Check[];
}

/** Decides whether the data may be published. Strictly, nothing at all may be amiss. */
export const judge = task(
  "judge",
  ({ checks, strict }: { checks: Check[]; strict: boolean }, { report, log }): Verdict => {
    const failed = checks.filter(({ found, allowed }) => found > (strict ? 0 : allowed));
    for (const check of checks) {
      const { check_name, found, allowed } = check;
      const passed = !failed.includes(check);
      report.check({ check: check_name, passed, metadata: { found, allowed } });
      log[passed ? "info" : "error"](`${check_name}: ${found} found, ${allowed} allowed`);
    }
    return { passed: failed.length === 0, checks, failed };
  },
);

/** Says why nothing was published, where the report would have been. */
export const holdBack = task("hold-back", async ({ failed }: { failed: Check[] }, { projectDir }) => {
  const lines = failed.map(({ check_name, found, allowed }) => `- ${check_name}: ${found} found, ${allowed} allowed`);
  const file = path.join(projectDir, "out/held-back.md");
  await writeFile(file, `# Held back\n\nThe report was not published, because of:\n\n${lines.join("\n")}\n`);
  return { published: false, file };
});
