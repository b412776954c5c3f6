import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { decode, ROOT_ITEM, type RunId, type Store } from "@millrace/core";
import { openStore } from "@millrace/store";
import { type Figure, median, quantile, say } from "./figures.ts";
import { cpuSeconds, treeOf } from "./processes.ts";
import { makeProject } from "./project-folder.ts";

const FLOWS = 100;
const SCHEDULES_A_FLOW = 100;
const WARM_UP_MS = 15_000;
const MEASURED_MS = 60_000;
const SETTLE_MS = 40_000;
const CLI = new URL("../packages/cli/bin/millrace.js", import.meta.url).pathname;

/** Ten thousand schedules: from the instant at which a tick is due to its first task, and what they cost at rest. */
export async function ticks(): Promise<readonly Figure[]> {
  // 16.7 ticks a second, each at a millisecond of its own.
  const busy = await measure("10m", dueToFirstTask);
  const rest = await measure("7d", cpuAtRest);
  return [
    { name: "tick_first_task_p50_ms", value: median(busy), unit: "ms", goal: null, better: "lower" },
    { name: "tick_first_task_p99_ms", value: quantile(busy, 0.99), unit: "ms", goal: 50, better: "lower" },
    { name: "tick_first_task_max_ms", value: Math.max(...busy), unit: "ms", goal: null, better: "lower" },
    { name: "ticks_measured", value: busy.length, unit: "ticks", goal: null, better: "higher" },
    { name: "ticks_rest_cpu_pct", value: rest, unit: "%", goal: 0.5, better: "lower" },
  ];
}

/** A project whose server makes the runs of its schedules. */
interface Place {
  readonly dir: string;
  readonly server: ChildProcess;
}

async function measure<Value>(interval: string, work: (place: Place) => Promise<Value>): Promise<Value> {
  const project = await makeProject(flowsOf(interval));
  const server = spawn(process.execPath, [CLI, "server", "--json", "--port", "0"], {
    cwd: project.dir,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  try {
    await isScheduling(server);
    return await work({ dir: project.dir, server });
  } finally {
    server.kill("SIGTERM");
    await ended;
    await project.remove();
  }
}

/** Schedules of one interval, evenly spread over it. */
function flowsOf(interval: string): string {
  const flows = Array.from(
    { length: FLOWS },
    (_, at) => `export const flow${at} = flow("flow-${at}", { schedule: schedules(${at}) }, () => { first({}); });`,
  );
  return `
import { every, flow, task } from "millrace";
const first = task("first", (_: {}) => Date.now());
const schedules = (flow: number) =>
  Array.from({ length: ${SCHEDULES_A_FLOW} }, (_, at) =>
    every("${interval}", { name: \`at-\${at}\`, anchor: new Date((flow + at * ${FLOWS}) * 60) }));
${flows.join("\n")}
`;
}

async function isScheduling(server: ChildProcess): Promise<void> {
  if (server.stdout === null) throw new Error("the server says nothing");
  for await (const line of createInterface({ input: server.stdout })) {
    const news = JSON.parse(line) as { readonly type?: string; readonly schedules?: number };
    if (news.type !== "server.scheduling" || news.schedules !== FLOWS * SCHEDULES_A_FLOW) continue;
    server.stdout.resume();
    say("the server follows its schedules");
    return;
  }
  throw new Error("the server has ended before it followed its schedules");
}

/** Of each tick, from when it is due until its task has begun, in milliseconds. */
async function dueToFirstTask({ dir }: Place): Promise<readonly number[]> {
  await pause(WARM_UP_MS);
  const fromMs = Date.now();
  await pause(MEASURED_MS);
  const untilMs = Date.now();
  // The last of them are on their way.
  await pause(1_000);
  const store = await openStore({ kind: "sqlite", path: join(dir, ".millrace/millrace.db") }, { readsHere: true });
  try {
    const runs = await store.history.listRuns({ limit: 10_000 });
    const due = runs.flatMap(({ id, scheduledAtMs }) =>
      scheduledAtMs !== null && scheduledAtMs >= fromMs && scheduledAtMs < untilMs ? [{ id, scheduledAtMs }] : [],
    );
    const delays: number[] = [];
    for (const { id, scheduledAtMs } of due) delays.push((await startOf(store, id)) - scheduledAtMs);
    say(`${due.length} ticks: ${median(delays)} ms p50, ${quantile(delays, 0.99)} ms p99`);
    return delays;
  } finally {
    await store.close();
  }
}

async function startOf(store: Store, run: RunId): Promise<number> {
  const value = await store.findOutput(run, 0, ROOT_ITEM);
  if (value?.kind !== "inline") throw new Error(`run ${run} has not begun a second after its tick`);
  return decode(value.text) as number;
}

/** In percent of one processor. */
async function cpuAtRest({ server }: Place): Promise<number> {
  await pause(SETTLE_MS);
  const before = cpuSeconds(treeOf(server.pid as number));
  await pause(MEASURED_MS);
  let used = 0;
  for (const [pid, seconds] of cpuSeconds(treeOf(server.pid as number))) used += seconds - (before.get(pid) ?? 0);
  return (used / (MEASURED_MS / 1_000)) * 100;
}
