// What must hold, whatever was killed: each function gives what does not, in words.
import { isFinalRunState, isFinalTaskRunState } from "@millrace/core";
import { auditRun } from "../invariants/audit.ts";
import type { JsonRecord } from "./command.ts";
import { type JournalLine, keyOf } from "./journal.ts";
import { finishedKeys, keyOfRow, type RunSnapshot, type Snapshot } from "./snapshot.ts";

/** What a process said before it was killed is in the database. */
export function lostAcknowledgements(records: readonly JsonRecord[], snapshot: Snapshot): string[] {
  const runs = new Map(snapshot.runs.map(({ run }) => [String(run.id), run]));
  const finished = finishedKeys(snapshot);
  return records.flatMap((record) => {
    const id = String(record["run"]);
    if (record["run"] !== undefined && !runs.has(id)) return [`${record.type} was told, but there is no run ${id}`];
    if (record.type === "run.finished" && runs.get(id)?.state !== record["state"]) {
      return [`run ${id} was told to be ${String(record["state"])}, and is ${runs.get(id)?.state}`];
    }
    if (record.type !== "task.finished" || record["state"] !== "success") return [];
    const key = keyOf(id, String(record["task"]), "");
    return finished.has(key) ? [] : [`the success of ${key} was told, but is not in the database`];
  });
}

/** What had finished before a kill did not start again after it. */
export function repeatedWork(finished: ReadonlySet<string>, later: readonly JournalLine[]): string[] {
  const again = later.filter(({ what, key }) => what === "start" && finished.has(key));
  return again.map(({ key }) => `${key} had finished before the kill, and ran again`);
}

/** What is known to have succeeded at some moment did not start after it. */
export function workAfterSuccess(snapshot: Snapshot, journal: readonly JournalLine[]): string[] {
  const endedAtMs = new Map<string, number>();
  for (const run of snapshot.runs) {
    for (const attempt of run.attempts) {
      if (attempt.state === "success") endedAtMs.set(keyOfRow(run, attempt), attempt.endedAtMs ?? 0);
    }
  }
  const again = journal.filter(({ what, key, atMs }) => what === "start" && atMs > (endedAtMs.get(key) ?? Infinity));
  return again.map(({ key }) => `${key} had succeeded, and ran again`);
}

/** Work of a dead server does not go on beside that of its successor. */
export function overlappingServers(journal: readonly JournalLine[]): string[] {
  const over = new Set<number>();
  const problems: string[] = [];
  let current: number | undefined;
  for (const { server, key, what } of journal) {
    if (server === current) continue;
    if (over.has(server)) problems.push(`${what} of ${key} under server ${server}, after another one had begun`);
    else if (current !== undefined) over.add(current);
    current = server;
  }
  return problems;
}

/** The books of each run are in order, as the checker of the simulations finds them. */
export function brokenInvariants({ runs }: Snapshot): string[] {
  return runs.flatMap((run) => auditRun(run));
}

/** At the end of it all: everything is over, and the books agree with each other and with what ran. */
export function unfinishedBusiness(snapshot: Snapshot, journal: readonly JournalLine[]): string[] {
  const problems = snapshot.integrity === "ok" ? [] : [`the database is damaged: ${snapshot.integrity}`];
  if (snapshot.pending > 0) problems.push(`${snapshot.pending} commands have no answer`);
  const starts = new Map<string, number>();
  const last = new Map<string, JournalLine["what"]>();
  for (const { key, what } of journal) {
    if (what === "start") starts.set(key, (starts.get(key) ?? 0) + 1);
    last.set(key, what);
  }
  for (const run of snapshot.runs) {
    problems.push(...wrongRun(run), ...wrongTaskRuns(run), ...wrongAttempts(run), ...wrongEvents(run));
    problems.push(...wrongJournal(run, starts, last));
  }
  return [...problems, ...twins(snapshot.runs)];
}

function wrongRun({ run }: RunSnapshot): string[] {
  const wrong: string[] = [];
  if (run.state !== "success") wrong.push(`run ${run.id} of ${run.flow} is ${run.state}: ${run.error?.message ?? ""}`);
  if (isFinalRunState(run.state) && run.endedAtMs === null) wrong.push(`run ${run.id} has no end`);
  if (!run.settled) wrong.push(`run ${run.id} is not settled`);
  return wrong;
}

function wrongTaskRuns(run: RunSnapshot): string[] {
  return run.taskRuns.flatMap((row) => {
    const { state, error } = row;
    if (state === "success" || state === "skipped") return [];
    return [`${keyOfRow(run, row)} is ${state}${error === null ? "" : `: ${error.message}`}`];
  });
}

/** Every attempt has an end, and every task run that worked has one that succeeded. */
function wrongAttempts(run: RunSnapshot): string[] {
  const wrong: string[] = [];
  const successes = new Map<string, number>();
  const numbers = new Map<string, number>();
  for (const attempt of [...run.attempts].sort((a, b) => a.id - b.id)) {
    const key = keyOfRow(run, attempt);
    const { id, state, number, startedAtMs, endedAtMs } = attempt;
    if (endedAtMs === null || endedAtMs < startedAtMs) wrong.push(`attempt ${id} of ${key} (${state}) has no end`);
    if (state === "success") successes.set(key, (successes.get(key) ?? 0) + 1);
    if (number <= (numbers.get(key) ?? 0)) wrong.push(`attempt ${id} of ${key} is number ${number} once more`);
    numbers.set(key, number);
  }
  for (const row of run.taskRuns) {
    const kind = run.spec.nodes[row.node]?.kind;
    const isWork = row.state === "success" && !row.cached && kind !== "map" && kind !== "branch";
    const found = successes.get(keyOfRow(run, row)) ?? 0;
    if (found !== (isWork ? 1 : 0)) wrong.push(`${keyOfRow(run, row)} has ${found} successful attempts`);
  }
  return wrong;
}

/** Everything ends once, and says so once. */
function wrongEvents(run: RunSnapshot): string[] {
  const wrong: string[] = [];
  const ends = new Map<string, number>();
  const count = (key: string): number => ends.set(key, (ends.get(key) ?? 0) + 1).get(key) ?? 0;
  for (const { type, node, item, data } of run.events) {
    if (type !== "task.finished" && type !== "hook.finished" && type !== "run.finished") continue;
    const hook = type === "hook.finished" ? (JSON.parse(data ?? "{}") as { hook: string }).hook : "";
    const key = type === "run.finished" ? "the run" : keyOfRow(run, { node, item, hook: hook as "" });
    if (count(key) > 1) wrong.push(`${type} of ${key} of run ${run.run.id} was said ${ends.get(key)} times`);
  }
  if (!ends.has("the run")) wrong.push(`the end of run ${run.run.id} was never said`);
  for (const row of run.taskRuns) {
    if (!isFinalTaskRunState(row.state) || ends.has(keyOfRow(run, row))) continue;
    wrong.push(`the end of ${keyOfRow(run, row)} was never said`);
  }
  return wrong;
}

/** Nothing ran that is not in the books, and what succeeded came to its end. */
function wrongJournal(
  run: RunSnapshot,
  starts: ReadonlyMap<string, number>,
  last: ReadonlyMap<string, JournalLine["what"]>,
): string[] {
  const attempts = new Map<string, number>();
  for (const attempt of run.attempts) {
    const key = keyOfRow(run, attempt);
    attempts.set(key, (attempts.get(key) ?? 0) + 1);
  }
  const wrong: string[] = [];
  for (const [key, known] of attempts) {
    const seen = starts.get(key) ?? 0;
    if (seen > known) wrong.push(`${key} ran ${seen} times, in ${known} attempts`);
    if (last.get(key) !== "end") wrong.push(`${key} succeeded, but what ran last of it never came to its end`);
  }
  for (const key of starts.keys()) {
    if (key.startsWith(run.run.id) && !attempts.has(key)) wrong.push(`${key} ran, and no attempt says so`);
  }
  return wrong;
}

/** A task that runs another flow makes one run of it, however often its server dies. */
function twins(runs: readonly RunSnapshot[]): string[] {
  const askers = runs.flatMap(({ run: { trigger } }) =>
    trigger.kind === "flow_run" ? [`${trigger.run} ${trigger.node} ${trigger.item}`] : [],
  );
  const repeated = askers.filter((asker, index) => askers.indexOf(asker) !== index);
  return repeated.map((asker) => `the task ${asker} made more than one run`);
}
