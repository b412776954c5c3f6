import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { type Figure, say } from "./figures.ts";
import { cpuSeconds, pssMb, treeOf } from "./processes.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

const SETTLE_MS = 45_000;
const MINUTE_MS = 60_000;

/** A leader that has done some work and now has none: memory of all its processes, and processor time over a minute. */
export async function idle(): Promise<readonly Figure[]> {
  const project = await makeProject(FLOWS.chain(3));
  const entry = new URL("./idle-server.ts", import.meta.url).pathname;
  const server = spawn(process.execPath, [...process.execArgv, entry, project.dir], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(server.stdout, "data");
  say("idle; letting the pool shrink");
  await pause(SETTLE_MS);
  const before = cpuSeconds(treeOf(server.pid as number));
  await pause(MINUTE_MS);
  const pids = treeOf(server.pid as number);
  let used = 0;
  for (const [pid, seconds] of cpuSeconds(pids)) used += seconds - (before.get(pid) ?? 0);
  const cpu = (used / (MINUTE_MS / 1000)) * 100;
  const rss = pssMb(pids);
  say(`${pids.length} processes`);
  server.stdin.end();
  await once(server, "exit");
  await project.remove();
  return [
    { name: "idle_rss_mb", value: rss, unit: "MB", goal: 120, better: "lower" },
    { name: "idle_cpu_pct", value: cpu, unit: "%", goal: 0.5, better: "lower" },
  ];
}
