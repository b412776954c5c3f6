import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { encode } from "@millrace/core";
import { HookServer, openRuntime, type Runtime } from "@millrace/server";
import { Api } from "@millrace/server/http";
import { type Figure, say } from "./figures.ts";
import { type Durable, type Follow, type Latencies, sharedNow } from "./live-readers.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

const READERS = 100;
const RUNS = 1_500;
/** A run of one task: queued, started, its task's start and end, finished. */
const EVENTS_PER_RUN = 5;
const EVENTS_PER_SECOND = 500;

/** From an event being durable to each of a hundred readers having it, at five hundred events a second. */
export async function live(): Promise<readonly Figure[]> {
  const project = await makeProject(FLOWS.wide(1));
  const runtime = await openRuntime({ projectDir: project.dir, kind: "server", workers: 2 });
  const { server, url } = await serve(runtime);
  const readers = fork(fileURLToPath(new URL("./live-readers.ts", import.meta.url)));
  const atMs: number[] = [];
  const end = runtime.onEvents((events) => {
    const now = sharedNow();
    for (const _ of events) atMs.push(now);
  });
  const after = await runtime.store.history.lastEventSeq();
  readers.send({ url, readers: READERS, after, until: after + RUNS * EVENTS_PER_RUN } satisfies Follow);
  await once(readers, "message");
  const begun = sharedNow();
  const read = once(readers, "message");
  await makeRuns(runtime);
  await read;
  const seconds = (sharedNow() - begun) / 1_000;
  end();
  const measured = once(readers, "message");
  readers.send({ atMs } satisfies Durable);
  const [{ p50, p95, p99, samples }] = (await measured) as [Latencies];
  await server.stop();
  await runtime.stop();
  await project.remove();
  const rate = atMs.length / seconds;
  say(
    `${samples} deliveries at ${rate.toFixed(0)} events/s: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  );
  return [
    { name: "live_p50_ms", value: p50, unit: "ms", goal: null, better: "lower" },
    { name: "live_p95_ms", value: p95, unit: "ms", goal: 100, better: "lower" },
    { name: "live_p99_ms", value: p99, unit: "ms", goal: null, better: "lower" },
    { name: "live_events_per_s", value: rate, unit: "1/s", goal: null, better: "higher" },
  ];
}

async function serve(runtime: Runtime): Promise<{ server: HookServer; url: string }> {
  const listening = Promise.withResolvers<string>();
  const onError = (error: unknown): void => say(String(error));
  const server = new HookServer({
    runtime,
    port: 0,
    host: "127.0.0.1",
    waitsForPort: false,
    api: new Api({ runtime, version: "0.0.0", onError }),
    onListening: (address) => listening.resolve(address ?? ""),
    onError,
  });
  await server.start();
  return { server, url: await listening.promise };
}

/** Asks for runs at an even pace, and waits for the last one's end. */
async function makeRuns(runtime: Runtime): Promise<void> {
  const paceMs = (1_000 * EVENTS_PER_RUN) / EVENTS_PER_SECOND;
  const begun = sharedNow();
  const asked: Promise<unknown>[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const waitMs = begun + run * paceMs - sharedNow();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    asked.push(
      runtime.submit({
        kind: "request_run",
        flow: "wide",
        params: encode({}),
        window: null,
        version: null,
        selection: null,
        idempotencyKey: null,
      }),
    );
  }
  await Promise.all(asked);
}
