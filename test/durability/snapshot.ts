// What the database says, read through the store. Of SQLite it is a copy: looking must not heal what a crash left.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  type AttemptRow,
  type EventRow,
  type FlowSpec,
  type ReportRow,
  type RunRow,
  type Store,
  type TaskRunRow,
  taskRunLabel,
} from "@millrace/core";
import { openSqliteStore, openStore, parseDatabaseUrl } from "@millrace/store";
import { FLOW_LABEL, keyOf } from "./journal.ts";

export interface RunSnapshot {
  readonly run: RunRow;
  readonly spec: FlowSpec;
  readonly taskRuns: readonly TaskRunRow[];
  readonly attempts: readonly AttemptRow[];
  readonly events: readonly (EventRow & { readonly seq: number })[];
  readonly reports: readonly ReportRow[];
  /** The text of the run's own output, when it has one. */
  readonly output: string | null;
}

export interface Snapshot {
  /** What `PRAGMA integrity_check` said: `ok`, or what is wrong. */
  readonly integrity: string;
  readonly runs: readonly RunSnapshot[];
  /** Commands that nobody has answered. */
  readonly pending: number;
}

const EMPTY: Snapshot = { integrity: "ok", runs: [], pending: 0 };
const PAGE = 10_000;
const FLOW_NODE = -1;

/**
 * The database as a new process would find it now.
 *
 * @param database the file of SQLite, or the address of PostgreSQL, which looks after its own integrity.
 */
export async function takeSnapshot(database: string): Promise<Snapshot> {
  if (database.startsWith("postgres:")) {
    const store = await openStore(parseDatabaseUrl(database));
    return { ...(await readAll(store)), integrity: "ok" };
  }
  if (!existsSync(database)) return EMPTY;
  const folder = mkdtempSync(path.join(tmpdir(), "durability-"));
  try {
    const copy = path.join(folder, "millrace.db");
    copyFileSync(database, copy);
    // The shared memory beside it is left: it is made anew from the log, as after a crash of the machine.
    if (existsSync(`${database}-wal`)) copyFileSync(`${database}-wal`, `${copy}-wal`);
    const integrity = checkIntegrity(copy);
    if (integrity !== "ok") return { ...EMPTY, integrity };
    return { ...(await readAll(await openSqliteStore({ path: copy }))), integrity };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkIntegrity(file: string): string {
  const db = new DatabaseSync(file);
  try {
    return db
      .prepare("pragma integrity_check")
      .all()
      .map(({ integrity_check: said }) => String(said))
      .join("; ");
  } catch (error) {
    return String(error);
  } finally {
    db.close();
  }
}

/** Reads everything, and closes the store. */
async function readAll(store: Store): Promise<Omit<Snapshot, "integrity">> {
  try {
    const rows = await store.history.listRuns({ limit: PAGE });
    const runs: RunSnapshot[] = [];
    for (const run of rows) runs.push(await readRun(store, run));
    return { runs, pending: (await store.pendingCommands(PAGE)).length };
  } finally {
    await store.close();
  }
}

async function readRun(store: Store, run: RunRow): Promise<RunSnapshot> {
  const { history } = store;
  const version = await store.findVersion(run.version);
  const spec = version?.manifest.flows.find((flow) => flow.spec.name === run.flow)?.spec;
  if (spec === undefined) throw new Error(`the version of run ${run.id} is not in the store`);
  const output = await store.findOutput(run.id, FLOW_NODE, "" as TaskRunRow["item"]);
  return {
    run,
    spec,
    taskRuns: await history.listTaskRuns(run.id),
    attempts: await history.listAttempts(run.id),
    events: await readEvents(store, run),
    reports: await history.listReports(run.id),
    output: output?.kind === "inline" ? output.text : null,
  };
}

async function readEvents({ history }: Store, run: RunRow): Promise<RunSnapshot["events"]> {
  const events: (EventRow & { readonly seq: number })[] = [];
  for (;;) {
    const page = await history.listEvents(run.id, events.at(-1)?.seq ?? 0, PAGE);
    events.push(...page);
    if (page.length < PAGE) return events;
  }
}

/** Names the task run or hook of a row, as the journal does. */
export function keyOfRow({ run, spec }: RunSnapshot, row: Pick<TaskRunRow, "node" | "item" | "hook">): string {
  const id = spec.nodes[row.node]?.id;
  return keyOf(run.id, id === undefined ? FLOW_LABEL : taskRunLabel(id, row.item), row.hook);
}

/** Task runs and hooks whose success is durable. */
export function finishedKeys(snapshot: Snapshot): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const run of snapshot.runs) {
    for (const row of run.taskRuns) if (row.state === "success") keys.add(keyOfRow(run, row));
  }
  return keys;
}
