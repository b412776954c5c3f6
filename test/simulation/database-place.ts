import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Changes, Epoch, Leadership, Store } from "@millrace/core";
import { openSqliteStore, openStore, parseDatabaseUrl } from "@millrace/store";
import { MemoryDatabase, MemoryStore } from "@millrace/testing/simulation";
import type { CommitWatch } from "../invariants/commit-watch.ts";
import type { Link, LinkSurroundings } from "./link.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { Timeline } from "./timeline.ts";
import type { ValueWatch } from "./value-watch.ts";

const MEMORY_DISK = "/dev/shm";

/** Where the simulated servers keep their data. */
export interface DatabasePlace {
  /** The right to lead dies with its process; else it is a lease, which lasts for its time. */
  readonly isInside: boolean;
  /** A store for a process. Its link carries what the store does by itself. */
  open(process: SimulatedProcess, link: Link): Promise<Store>;
  remove(): Promise<void>;
}

export function memoryPlace(timeline: Timeline): DatabasePlace {
  const database = new MemoryDatabase(() => timeline.nowMs);
  return {
    isInside: false,
    open: async ({ steadyClock }, link) =>
      new MemoryStore(database, { clock: steadyClock, renewal: (work) => link.call("renew", work) }),
    remove: async () => {},
  };
}

export function sqlitePlace(): DatabasePlace {
  // What is simulated needs no durable disk, and is quicker without.
  const folder = mkdtempSync(path.join(existsSync(MEMORY_DISK) ? MEMORY_DISK : tmpdir(), "millrace-simulation-"));
  return {
    isInside: true,
    // Another thread would take its own time, and a tenth of a second to begin.
    open: () => openSqliteStore({ path: path.join(folder, "millrace.db"), readsHere: true }),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

interface Watches {
  readonly watch: CommitWatch;
  readonly values: ValueWatch;
  readonly timeline: Timeline;
  readonly link: LinkSurroundings;
}

/** A real server has a real clock, so its leases are given up with their process here, and do not end meanwhile. */
export function postgresPlace(url: string): DatabasePlace {
  return {
    isInside: true,
    open: () => openStore(parseDatabaseUrl(url), { leaseMs: 600_000 }),
    remove: async () => {},
  };
}

/** What a commit says, for the story. */
function linesOf(changes: Changes): string[] {
  const { runs, taskRuns, attempts, events, answers, outputs, reports, cacheEntries, triggers, ticks } = changes;
  return [
    ...triggers.map(
      ({ flow, name, cursorMs, owed }) => `  trigger ${flow}/${name} ${cursorMs} ${JSON.stringify(owed)}`,
    ),
    ...ticks.map(
      ({ flow, trigger, atMs, outcome, run, reason }) =>
        `  tick ${flow}/${trigger} ${atMs} ${outcome} ${run ?? reason ?? ""}`,
    ),
    ...runs.map(({ id, state, settled }) => `  run ${id} ${state}${settled ? " settled" : ""}`),
    ...taskRuns.map(({ run, node, item, hook, state, tries, crashes, resumes }) =>
      `  task ${run} ${node}/${item}/${hook} ${state} ${tries} ${crashes} ${resumes}`.trimEnd(),
    ),
    ...attempts.map(
      ({ id, run, node, item, hook, state }) => `  attempt ${id} of ${run} ${node}/${item}/${hook} ${state}`,
    ),
    ...events.map(({ type, node, item, data }) => `  event ${type} ${node}/${item} ${data ?? ""}`),
    ...answers.map((answer) => `  answer ${JSON.stringify(answer)}`),
    ...outputs.map(({ run, node, item, value }) => `  output ${run} ${node}/${item} ${JSON.stringify(value)}`),
    `  ${reports.length} reports, ${cacheEntries.length} cache entries`,
  ];
}

/** The store, with everybody's leaderships and commits told at the moment at which they are durable. */
export function watchedStore(store: Store, { watch, values, timeline, link: { points } }: Watches): Store {
  const told = (epoch: Epoch, changes: Changes): void => {
    for (const line of linesOf(changes)) timeline.note(line);
    watch.committed(epoch, changes);
    values.written(changes);
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === "commit") {
        return async (epoch: Epoch, changes: Changes): Promise<void> => {
          try {
            await target.commit(epoch, changes);
          } catch (error) {
            if (points?.wasWritten === true) told(epoch, changes);
            throw error;
          }
          told(epoch, changes);
        };
      }
      if (name === "lead") {
        return async (holder: string): Promise<Leadership | undefined> => {
          const leadership = await target.lead(holder);
          if (leadership !== undefined) watch.led(leadership.epoch);
          return leadership;
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
