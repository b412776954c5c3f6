import type { PruneCounts } from "@millrace/core";
import type { Pruned } from "@millrace/server";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";
import { holderText } from "../server-view/server-text.ts";

type Flows = ReadonlyMap<string, PruneCounts>;

/** Runs, and the reruns that go with them. */
export function countsText({ families, runs }: PruneCounts): string {
  const reruns = runs - families;
  return reruns === 0 ? countText(families, "run") : `${countText(families, "run")} with ${countText(reruns, "rerun")}`;
}

export function totalOf(flows: Flows): PruneCounts {
  let [families, runs] = [0, 0];
  for (const counts of flows.values()) {
    families += counts.families;
    runs += counts.runs;
  }
  return { families, runs };
}

/** Of a dry run. */
export function previewText(flows: Flows, style: Style): string[] {
  if (flows.size === 0) return ["Nothing to remove."];
  const columns = [{ title: "FLOW" }, { title: "RUNS", align: "right" }, { title: "RERUNS", align: "right" }] as const;
  const rows = [...flows].map(([flow, { families, runs }]) => [flow, String(families), String(runs - families)]);
  return [...tableText(columns, rows, style.dim), `would remove ${countsText(totalOf(flows))}`];
}

export function pruneText(pruned: Pruned): string {
  const { leader, rows } = pruned;
  if (pruned.families === 0 && rows === 0) return "Nothing to remove.";
  const counts = pruned.families === 0 ? "no runs" : countsText(pruned);
  if (leader === null) return `removed ${counts} (${countText(rows, "row")}, and their files)`;
  return `removed ${counts}; ${holderText(leader)}, who leads, clears away what they leave`;
}

export function pruneRecord(what: {
  readonly flows: Flows | null;
  readonly families?: number;
  readonly runs?: number;
  readonly rows?: number;
  readonly leader?: string | null;
  readonly dryRun: boolean;
}): Readonly<Record<string, unknown>> {
  const { flows, dryRun, rows = 0, leader = null } = what;
  const total = flows === null ? { families: what.families, runs: what.runs } : totalOf(flows);
  return {
    type: "pruned",
    dryRun,
    ...total,
    flows: flows === null ? null : Object.fromEntries(flows),
    rows,
    leader,
  };
}
