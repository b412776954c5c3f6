import { existsSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { formatByteSize, MillraceError } from "@millrace/core";
import type { BuildResult, Runtime } from "@millrace/server";
import { countText } from "../output/count-text.ts";
import { leaderText, serverText } from "../server-view/server-text.ts";
import type { Finding } from "./finding.ts";

export function buildFinding({ flows, diagnostics }: BuildResult): Finding {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const text = `${countText(flows.length, "usable flow")}, ${countText(errors.length, "error")}`;
  if (errors.length === 0) return { what: "flows", verdict: "good", text };
  return { what: "flows", verdict: "broken", text, hint: "`millrace check` shows each error with its place." };
}

/** SQLite's own check of the file, without writing to it. Undefined: there is no file yet. */
export function databaseFileFinding(file: string): Finding | undefined {
  if (!existsSync(file)) return undefined;
  const size = formatByteSize(statSync(file).size);
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const row = database.prepare("PRAGMA quick_check(1)").get() as { quick_check?: string } | undefined;
      const answer = row?.quick_check ?? "no answer";
      if (answer === "ok") return { what: "database", verdict: "good", text: `sound, ${size} (${file})` };
      return damaged(`damaged: ${answer} (${file})`);
    } finally {
      database.close();
    }
  } catch (error) {
    return damaged(`cannot be read: ${error instanceof Error ? error.message : String(error)} (${file})`);
  }
}

function damaged(text: string): Finding {
  const hint = "Move the file away and put a copy back, or begin anew without it; flows and code are not in it.";
  return { what: "database", verdict: "broken", text, hint };
}

/** Who leads this project now, who stands by, and what waits to be carried on. */
export async function leaderFindings(runtime: Runtime): Promise<Finding[]> {
  const unfinished = await runtime.store.unfinishedRuns();
  const { leader, servers } = await runtime.servers();
  const findings: Finding[] = [{ what: "leader", verdict: "good", text: leaderText(leader) }];
  const others = servers.filter(({ id, isThere }) => isThere && id !== leader?.holder);
  if (others.length > 0) findings.push({ what: "servers", verdict: "good", text: others.map(serverText).join("; ") });
  const text = unfinished.length === 0 ? "no unfinished runs" : countText(unfinished.length, "unfinished run");
  if (unfinished.length === 0) findings.push({ what: "runs", verdict: "good", text });
  else if (leader !== null) findings.push({ what: "runs", verdict: "good", text: `${text}, under way` });
  else {
    const hint = "`millrace resume` carries on with them, and so does `millrace server`.";
    findings.push({ what: "runs", verdict: "odd", text, hint });
  }
  return findings;
}

/** Processes of tasks whose Millrace is gone. The guardian kills them in milliseconds, so there should be none. */
export function leftoverFinding(pids: readonly number[]): Finding {
  if (pids.length === 0) return { what: "processes", verdict: "good", text: "no leftover processes" };
  const text = `left behind by a Millrace that is gone: ${pids.join(", ")}`;
  return { what: "processes", verdict: "odd", text, hint: "The next `millrace run` or `millrace resume` ends them." };
}

/** A look that fails is a finding too. */
export function failedFinding(what: string, error: unknown): Finding {
  const hint = error instanceof MillraceError ? error.hint : null;
  const text = error instanceof Error ? error.message : String(error);
  return { what, verdict: "broken", text, ...(hint === null ? {} : { hint }) };
}
