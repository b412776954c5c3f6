import { writeFile } from "node:fs/promises";
import path from "node:path";
import { task } from "millrace";
import type { Check, Figures } from "../figures.ts";
import type { Rejects } from "../quality.ts";
import { airportMap } from "./map.ts";
import { reportPage } from "./page.ts";

interface ReportInput {
  figures: Figures;
  cards: string[];
  checks: Check[];
  rejects: Rejects;
  /** The map's outlines, as TopoJSON. */
  states: string;
}

/** Writes the report. It is never cached: what it makes is a file, and somebody may have deleted that. */
export const writeReport = task("write-report", async (input: ReportInput, { projectDir, report, run }) => {
  const { figures, cards, checks, rejects, states } = input;
  const map = await airportMap(states, figures.airports);
  const page = reportPage({ figures, map, cards, checks, rejects, run: run.id });
  const file = path.join(projectDir, "out/report.html");
  await writeFile(file, page);
  report.materialization({ asset: "report.html", metadata: { bytes: page.length, airports: cards.length } });
  return { published: true, file };
});
