import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { carries, MARK_VARIABLE, type MarkFilter } from "./mark.ts";
import { type ProcessEntry, readProcessTable, readStartTicks } from "./process-table.ts";

export interface TreeQuery {
  /** Which marked processes belong to the tree. */
  readonly filter: MarkFilter;
  /** Ids of a process, and of the group and session that it leads, which belong to it whether marked or not. */
  readonly leaders?: readonly number[];
  /** Processes to leave alone, with their marks: a worker that goes on, whose attempt's leavings are meant. */
  readonly except?: readonly number[];
  /** Leave out smaller process ids. */
  readonly fromPid?: number;
}

/** Between two looks at a tree that is dying, in milliseconds: it grows from the first to the last. */
const FIRST_LOOK_MS = 1;
const LAST_LOOK_MS = 50;

/**
 * The living processes of a tree: those that carry its mark, all below them, and all in a group or session that one of
 * them leads. A grandchild that called `setsid` has the mark; one that cleared its environment has the parent, the
 * group or the session.
 */
export async function findTree(query: TreeQuery): Promise<number[]> {
  const table = await readProcessTable(MARK_VARIABLE, query.fromPid);
  const except = new Set([...(query.except ?? []), process.pid]);
  const members = new Set<number>(query.leaders ?? []);
  for (const entry of table) if (entry.mark !== null && carries(entry.mark, query.filter)) members.add(entry.pid);
  // What is excepted still leads to its children.
  for (const pid of query.except ?? []) members.add(pid);
  while (addKin(table, members) > 0);
  return table.map(({ pid }) => pid).filter((pid) => members.has(pid) && !except.has(pid));
}

function addKin(table: readonly ProcessEntry[], members: Set<number>): number {
  let added = 0;
  for (const { pid, parent, group, session } of table) {
    if (members.has(pid) || pid === process.pid) continue;
    if (!members.has(parent) && !members.has(group) && !members.has(session)) continue;
    members.add(pid);
    added += 1;
  }
  return added;
}

/** Sends a signal to every process of a tree, once. */
export async function signalTree(query: TreeQuery, signal: NodeJS.Signals): Promise<void> {
  for (const pid of await findTree(query)) send(pid, signal);
}

/**
 * Kills a tree, and comes back when none of it is alive. New branches that grow meanwhile are killed too. Gives the
 * number of processes that were killed.
 */
export async function killTree(query: TreeQuery): Promise<number> {
  /** With the start of each, for its id may soon be another's. */
  const killed = new Map<number, number | undefined>();
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(waitMs * 2, LAST_LOOK_MS)) {
    const alive = await findTree(query);
    for (const pid of alive) {
      if (!killed.has(pid)) killed.set(pid, readStartTicks(pid));
      send(pid, "SIGKILL");
    }
    if (alive.length === 0 && !someAreLeft(killed)) return killed.size;
    await pause(waitMs);
  }
}

/** A process that is dying loses its environment, and so its mark, a little before it is dead. */
function someAreLeft(killed: ReadonlyMap<number, number | undefined>): boolean {
  for (const [pid, ticks] of killed) if (ticks !== undefined && readStartTicks(pid) === ticks) return true;
  return false;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone, or belongs to somebody else.
  }
}
