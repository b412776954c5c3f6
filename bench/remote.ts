import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { answeredRun, decode, encode } from "@millrace/core";
import { HookServer, openRuntime, type Runtime } from "@millrace/server";
import { WorkerDoor } from "@millrace/server/http";
import { hopsOf } from "./chain.ts";
import { type Figure, median, quantile, say } from "./figures.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

const LENGTH = 40;
const WARM_UP = 10;
const ROUNDS = 50;
const CLI = path.resolve(import.meta.dirname, "../packages/cli/bin/millrace.js");

/** Chains of 40 whose tasks run in this server's own children, and then in a worker over a socket of this machine. */
export async function remote(): Promise<readonly Figure[]> {
  const local = await hops(8);
  const there = await hops(0);
  say(`hop p50 ${median(local).toFixed(2)} ms here, ${median(there).toFixed(2)} ms with a worker`);
  return [
    { name: "local_hop_p50_ms", value: median(local), unit: "ms", goal: null, better: "lower" },
    { name: "remote_hop_p50_ms", value: median(there), unit: "ms", goal: null, better: "lower" },
    { name: "remote_hop_p99_ms", value: quantile(there, 0.99), unit: "ms", goal: null, better: "lower" },
  ];
}

/** @param workers of the server itself; with 0 a worker in a process of its own does the work. */
async function hops(workers: number): Promise<readonly number[]> {
  const project = await makeProject(FLOWS.chain(LENGTH));
  const runtime = await openRuntime({ projectDir: project.dir, kind: "server", workers });
  const { address, server } = await listen(runtime);
  const worker = workers === 0 ? await startWorker(project.dir, address) : undefined;
  const all: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const steps = await runChain(runtime);
    if (round >= WARM_UP) all.push(...hopsOf(steps));
  }
  if (worker !== undefined) {
    worker.kill("SIGTERM");
    await once(worker, "exit");
  }
  await server.stop();
  await runtime.stop();
  await project.remove();
  return all;
}

async function listen(runtime: Runtime): Promise<{ readonly address: string; readonly server: HookServer }> {
  const address = Promise.withResolvers<string>();
  const onError = address.reject;
  const server = new HookServer({
    runtime,
    port: 0,
    host: "127.0.0.1",
    waitsForPort: false,
    workers: new WorkerDoor({
      runtime,
      onError,
      principalOf: async () => ({ kind: "local", name: "bench", grants: [] }),
    }),
    onListening: (where) => address.resolve(where ?? ""),
    onError,
  });
  await server.start();
  return { address: await address.promise, server };
}

async function startWorker(projectDir: string, address: string): Promise<ChildProcess> {
  const args = [CLI, "worker", "--server", address, "--project", projectDir];
  return spawn(process.execPath, args, { stdio: "ignore", cwd: projectDir });
}

async function runChain(runtime: Runtime): Promise<Parameters<typeof hopsOf>[0]> {
  const answer = await runtime.submit({
    kind: "request_run",
    flow: "chain",
    params: encode({}),
    window: null,
    version: null,
    selection: null,
    idempotencyKey: null,
  });
  const run = answeredRun(answer);
  const { state } = await runtime.whenSettled(run);
  if (state !== "success") throw new Error(`run ${run} is ${state}`);
  const steps = [];
  for (let node = 0; node < LENGTH; node += 1) {
    const value = await runtime.store.findOutput(run, node, "" as Parameters<typeof runtime.store.findOutput>[2]);
    if (value?.kind === "inline") steps.push(decode(value.text) as { start: number; end: number });
  }
  return steps;
}
