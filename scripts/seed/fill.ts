import { join } from "node:path";
import {
  type AttemptOrder,
  type Definitions,
  type EventRow,
  encode,
  type MillraceError,
  type Store,
  type VersionManifest,
} from "@millrace/core";
import { Engine } from "@millrace/engine";
import { createFileLogStore, FileArtifacts, type LogStore } from "@millrace/executors";
import { buildVersion, openProject } from "@millrace/server";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { VirtualClock } from "@millrace/testing";
import { SeedExecutor } from "./seed-executor.ts";
import { RUNS_PER_HOUR, writeSeedProject } from "./seed-project.ts";

const HOUR_MS = 3_600_000;
/** Tasks of the newest runs have logs, about so far back. */
const TALKING_MS = 24 * HOUR_MS;

export interface SeedOptions {
  /** The project's folder. */
  readonly dir: string;
  readonly runs: number;
  /** Tasks of the large flow: one run in ten is of it. */
  readonly tasks: number;
  /** The size of one long log. */
  readonly logMb: number;
  /** Where the state is kept. Defaults to the project's own SQLite file. */
  readonly databaseUrl?: string;
  /** Told now and then how many runs and task runs have ended. */
  readonly onProgress?: (seeded: Seeded) => void;
}

export interface Seeded {
  runs: number;
  taskRuns: number;
  events: number;
  /** The attempt with the long log. */
  longLog?: Pick<AttemptOrder, "run" | "attempt">;
}

/**
 * Makes a project with a past: its schedules tick on a virtual clock that ends now, and the real engine makes, runs and
 * writes down what comes of it. Only the tasks themselves are played.
 */
export async function seed(options: SeedOptions): Promise<Seeded> {
  const { dir } = options;
  await writeSeedProject(dir, options.tasks);
  const url = options.databaseUrl ?? `sqlite:${join(dir, ".millrace/millrace.db")}`;
  const store = await openStore(parseDatabaseUrl(url), { readsHere: true, waitsForDisk: false });
  try {
    if ((await store.history.listRuns({ limit: 1 })).length > 0) {
      throw new Error(`${dir} has a past already: seed another folder, or remove this one first`);
    }
    const build = await buildVersion(openProject(dir), { store });
    if (build.version === null) throw new Error(`the flows do not build: ${JSON.stringify(build.diagnostics)}`);
    const manifest = (await store.findVersion(build.version))?.manifest as VersionManifest;
    const logs = createFileLogStore({ dir: join(dir, ".millrace/logs"), maxBytes: 1_000_000_000 });
    const seeded = await live(store, { ...options, manifest, logs });
    if (seeded.longLog !== undefined) await writeLongLog(logs, seeded.longLog, options.logMb * 1_000_000);
    return seeded;
  } finally {
    await store.close();
  }
}

/** Lets the hours pass. */
async function live(
  store: Store,
  { dir, runs, manifest, logs, onProgress }: SeedOptions & { manifest: VersionManifest; logs: LogStore },
): Promise<Seeded> {
  const hours = Math.ceil(runs / RUNS_PER_HOUR);
  const endMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const clock = new VirtualClock(endMs - hours * HOUR_MS - HOUR_MS / 2);
  const leadership = await store.lead("seed");
  if (leadership === undefined) throw new Error("somebody works on this project: stop it first");
  const executor = new SeedExecutor(clock, logs, endMs - TALKING_MS);
  const seeded: Seeded = { runs: 0, taskRuns: 0, events: 0 };
  const failures: MillraceError[] = [];
  const ports = { clock, chance: Math.random, soon: setImmediate, store, leadership, executor };
  const artifacts = new FileArtifacts(join(dir, ".millrace/artifacts"));
  const engine = new Engine(
    { ...ports, definitions: definitionsOf(manifest), artifacts },
    {
      pools: { "orders-api": 100 },
      schedules: true,
      watchdogMs: null,
      onCommitted: (events) => count(seeded, events),
      onFatal: (error) => failures.push(error),
    },
  );
  await engine.start();
  for (let hour = 0; hour < hours; hour += 1) {
    const until = endMs - (hours - 1 - hour) * HOUR_MS - HOUR_MS / 2;
    while (clock.now() < until) {
      await engine.whenQuiet();
      if (failures[0] !== undefined) throw failures[0];
      if (!clock.advanceToNext()) throw new Error("the schedules have ended");
      // Everybody else who waits for the same instant, so that it is one commit.
      clock.advanceBy(0);
    }
    if (hour % 50 === 49) onProgress?.(seeded);
  }
  await engine.stop();
  await leadership.release();
  if (failures[0] !== undefined) throw failures[0];
  return executor.quiet === undefined ? seeded : { ...seeded, longLog: executor.quiet };
}

function count(seeded: Seeded, events: readonly EventRow[]): void {
  seeded.events += events.length;
  for (const { type } of events) {
    if (type === "run.finished") seeded.runs += 1;
    else if (type === "task.finished") seeded.taskRuns += 1;
  }
}

/** The seeded flows take no parameters, and have no functions to ask. */
function definitionsOf(manifest: VersionManifest): Definitions {
  return {
    flows: async () => manifest,
    parseParams: async (_version, _flow, params) => ({ params, concurrencyKey: null }),
    cacheKey: async () => "",
    eventParams: async () => encode({}),
    nextTick: async () => null,
  };
}

async function writeLongLog(logs: LogStore, key: Pick<AttemptOrder, "run" | "attempt">, bytes: number): Promise<void> {
  const writer = logs.writer(key);
  const fromMs = Date.now() - HOUR_MS;
  for (let written = 0, row = 0; written < bytes; row += 1) {
    const text = `row ${row} of the import: customer ${(row * 7919) % 100_003} has changed, 14 fields, no conflicts`;
    const isOdd = row % 9_973 === 0;
    writer.append({ t: fromMs + row, level: isOdd ? "warn" : "info", source: "logger", text });
    written += text.length + 67;
    if (writer.overfull) await new Promise<void>((resolve) => writer.relieved(resolve));
  }
  await new Promise<void>((resolve) => writer.close(resolve));
}
