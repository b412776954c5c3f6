import { spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { decode, ROOT_ITEM, type RunId, type Store } from "@millrace/core";
import { openStore } from "@millrace/store";
import { type Figure, median, quantile, say } from "./figures.ts";
import { makeProject } from "./project-folder.ts";
import { addressOf } from "./server-address.ts";

const WARM_UP = 50;
const MEASURED = 500;
/** Twenty a second. */
const BETWEEN_MS = 50;
const CLI = new URL("../packages/cli/bin/millrace.js", import.meta.url).pathname;
const SECRET = randomBytes(24);

/** Webhooks, twenty a second: from before the request is sent until the first task has begun, and until the answer. */
export async function events(): Promise<readonly Figure[]> {
  const project = await makeProject(FLOW);
  const server = spawn(process.execPath, [CLI, "server", "--json", "--port", "0"], {
    cwd: project.dir,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, BENCH_SECRET: `whsec_${SECRET.toString("base64")}` },
  });
  const ended = once(server, "exit");
  try {
    const { tasks, answers } = await measure(`${await addressOf(server)}/hooks/events`, project.dir);
    say(`${tasks.length} webhooks: ${median(tasks)} ms p50, ${quantile(tasks, 0.99)} ms p99`);
    return [
      { name: "webhook_first_task_p50_ms", value: median(tasks), unit: "ms", goal: null, better: "lower" },
      { name: "webhook_first_task_p99_ms", value: quantile(tasks, 0.99), unit: "ms", goal: 50, better: "lower" },
      { name: "webhook_answer_p50_ms", value: median(answers), unit: "ms", goal: null, better: "lower" },
      { name: "webhook_answer_p99_ms", value: quantile(answers, 0.99), unit: "ms", goal: null, better: "lower" },
    ];
  } finally {
    server.kill("SIGTERM");
    await ended;
    await project.remove();
  }
}

const FLOW = `
import { env, flow, task, webhook } from "millrace";
const first = task("first", (_: {}) => Date.now());
export default flow("events", { triggers: webhook({ secret: env("BENCH_SECRET"), params: () => ({}) }) }, () => {
  first({});
});
`;

interface Measured {
  readonly tasks: readonly number[];
  readonly answers: readonly number[];
}

async function measure(url: string, dir: string): Promise<Measured> {
  const sent: { readonly run: RunId; readonly atMs: number; readonly answerMs: number }[] = [];
  const going: Promise<void>[] = [];
  for (let count = 0; count < WARM_UP + MEASURED; count += 1) {
    const isMeasured = count >= WARM_UP;
    const atMs = Date.now();
    going.push(
      send(url).then((run) => {
        if (isMeasured) sent.push({ run, atMs, answerMs: Date.now() - atMs });
      }),
    );
    await pause(BETWEEN_MS);
  }
  await Promise.all(going);
  await pause(1_000);
  const store = await openStore({ kind: "sqlite", path: join(dir, ".millrace/millrace.db") }, { readsHere: true });
  try {
    const tasks: number[] = [];
    for (const { run, atMs } of sent) tasks.push((await startOf(store, run)) - atMs);
    return { tasks, answers: sent.map(({ answerMs }) => answerMs) };
  } finally {
    await store.close();
  }
}

async function send(url: string): Promise<RunId> {
  const id = `msg_${randomBytes(12).toString("hex")}`;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const body = '{"order":7}';
  const signature = createHmac("sha256", SECRET).update(`${id}.${timestamp}.${body}`).digest("base64");
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
  });
  const { run } = (await answer.json()) as { readonly run?: RunId };
  if (run === undefined) throw new Error(`the webhook was answered with ${answer.status}`);
  return run;
}

async function startOf(store: Store, run: RunId): Promise<number> {
  const value = await store.findOutput(run, 0, ROOT_ITEM);
  if (value?.kind !== "inline") throw new Error(`run ${run} has not begun a second after its event`);
  return decode(value.text) as number;
}
