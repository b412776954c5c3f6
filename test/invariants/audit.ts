import type { RunRow, Store } from "@millrace/core";
import { auditEvents } from "./events.ts";
import { auditMark } from "./marks.ts";
import { auditRules } from "./rules.ts";
import type { SpecOf } from "./spec-of.ts";
import { type AuditedRun, auditTaskRuns } from "./task-runs.ts";

const PAGE = 10_000;

export interface Audit {
  /** What is wrong, in words. */
  readonly wrong: readonly string[];
  readonly runs: number;
  readonly taskRuns: number;
}

/**
 * Reads a store whose work is all over, and holds its books against each other: what every flow asks for is there and
 * has ended, nothing succeeded twice, and rows, attempts, events and reports tell the same story.
 */
export async function auditStore(store: Pick<Store, "history">, specOf: SpecOf): Promise<Audit> {
  const { history } = store;
  const rows = await listAll(store);
  const wrong: string[] = [];
  let taskRuns = 0;
  for (const run of rows) {
    const audited: AuditedRun = {
      run,
      spec: specOf(run.version, run.flow),
      taskRuns: await history.listTaskRuns(run.id),
      attempts: await history.listAttempts(run.id),
      events: await history.listEvents(run.id, 0, Number.MAX_SAFE_INTEGER),
      reports: await history.listReports(run.id),
    };
    taskRuns += audited.taskRuns.length;
    wrong.push(...auditRun(audited));
  }
  return { wrong: [...wrong, ...auditFamilies(rows)], runs: rows.length, taskRuns };
}

/** All runs, the newest first. */
async function listAll({ history }: Pick<Store, "history">): Promise<readonly RunRow[]> {
  const rows: RunRow[] = [];
  for (;;) {
    const before = rows.at(-1)?.id;
    const page = await history.listRuns(before === undefined ? { limit: PAGE } : { limit: PAGE, before });
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
}

/** One run that is over. */
export function auditRun(audited: AuditedRun): readonly string[] {
  const { run } = audited;
  const wrong = [
    ...auditTaskRuns(audited),
    ...auditRules(audited),
    ...auditMark(audited),
    ...auditEvents(audited),
    ...auditReports(audited),
  ];
  if (!run.settled) wrong.push("it is not settled");
  if (run.endedAtMs === null) wrong.push(`it is ${run.state} and has no end`);
  return wrong.map((what) => `run ${run.id} of ${run.flow}: ${what}`);
}

/** Every report of data is from an attempt of its task run, and was told once. */
function auditReports({ attempts, events, reports }: AuditedRun): string[] {
  const wrong: string[] = [];
  const byId = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  for (const { attempt, node, item } of reports) {
    const from = byId.get(attempt);
    if (from === undefined || from.node !== node || from.item !== item) {
      wrong.push(`a report of ${node}/${item} is from attempt ${attempt}, which is not its own`);
    }
  }
  const told = events.filter(({ type }) => type === "data.reported").length;
  if (told !== reports.length) wrong.push(`${reports.length} reports of data, and ${told} were told`);
  return wrong;
}

/** Runs that belong together say so of each other, and no request made two. */
function auditFamilies(rows: readonly RunRow[]): string[] {
  const wrong: string[] = [];
  const byId = new Map(rows.map((row) => [row.id, row]));
  const keys = new Map<string, RunRow>();
  for (const row of rows) {
    const { id, idempotencyKey, rerunOf, rootRun, trigger } = row;
    if (idempotencyKey !== null) {
      const twin = keys.get(idempotencyKey);
      if (twin !== undefined) wrong.push(`runs ${id} and ${twin.id} were made for one request, ${idempotencyKey}`);
      keys.set(idempotencyKey, row);
    }
    if (rerunOf !== null && byId.get(rerunOf)?.rootRun !== rootRun) wrong.push(`run ${id} is not of its family`);
    if (rerunOf === null && rootRun !== id) wrong.push(`run ${id} is no rerun and has another root`);
    if (trigger.kind === "flow_run" && !byId.has(trigger.run)) wrong.push(`run ${id} is of a run that is not there`);
  }
  return wrong;
}
