import { readdirSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import process from "node:process";
import { answeredRun, encode } from "@millrace/core";
import { openRuntime, type Runtime } from "@millrace/server";
import { type Figure, median, say } from "./figures.ts";
import { makeProject } from "./project-folder.ts";

const DEFAULT_MINUTES = 1.5;
const SAMPLE_MS = 5_000;
/** Flows under way at once. */
const WIDTH = 4;
/** Runs that retention keeps. */
const KEPT_RUNS = 100;

/** Small runs, each with a line of log, without end. */
const FLOW = `
import { flow, task } from "millrace";
const step = task("step", (given: { before: number }) => {
  console.log("step " + given.before);
  return given.before + 1;
});
export default flow("small", () => {
  const first = step.named("first")({ before: 0 });
  const second = step.named("second")({ before: first });
  step.named("third")({ before: second });
});
`;

/** What there is at one moment. */
interface Sample {
  readonly runs: number;
  readonly heapMb: number;
  readonly rssMb: number;
  readonly handles: number;
  readonly timers: number;
  readonly rows: number;
  readonly databaseMb: number;
  readonly logs: number;
}

/** A leader that works for a while under retention: whatever grows with the number of runs grows for ever. */
export async function soak(): Promise<readonly Figure[]> {
  const minutes = readMinutes(process.argv.slice(3));
  const project = await makeProject(FLOW);
  const runtime = await openRuntime({ projectDir: project.dir });
  const samples: Sample[] = [];
  let runs = 0;
  const until = Date.now() + minutes * 60_000;
  const worker = async (): Promise<void> => {
    while (Date.now() < until) {
      await runOnce(runtime);
      runs += 1;
    }
  };
  const watcher = async (): Promise<void> => {
    for (let at = Date.now() + SAMPLE_MS; at < until; at += SAMPLE_MS) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())));
      await prune(runtime);
      samples.push(await take(runtime, runs));
      say(JSON.stringify(samples.at(-1)));
    }
  };
  try {
    await Promise.all([watcher(), ...Array.from({ length: WIDTH }, worker)]);
  } finally {
    await runtime.stop();
    await project.remove();
  }
  return figuresOf(samples);
}

function readMinutes(args: readonly string[]): number {
  const at = args.indexOf("--minutes");
  const minutes = at === -1 ? DEFAULT_MINUTES : Number(args[at + 1]);
  if (minutes > 0) return minutes;
  throw new Error("usage: npm run -s bench -- soak [--minutes <n>]");
}

async function runOnce(runtime: Runtime): Promise<void> {
  const answer = await runtime.submit({
    kind: "request_run",
    flow: "small",
    params: encode({}),
    window: null,
    version: null,
    selection: null,
    idempotencyKey: null,
  });
  const run = await runtime.whenSettled(answeredRun(answer));
  if (run.state !== "success") throw new Error(`the soak's run ended as ${run.state}`);
}

async function prune(runtime: Runtime): Promise<void> {
  const rule = { maxAgeMs: null, maxRuns: KEPT_RUNS, keepFailedMs: null };
  const answer = await runtime.submit({ kind: "prune", flow: null, rule });
  if (!answer.ok) throw new Error(`the soak's prune was refused: ${answer.error.message}`);
}

async function take(runtime: Runtime, runs: number): Promise<Sample> {
  const { tables, bytes } = await runtime.store.upkeep.status();
  await collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    runs,
    heapMb: heapUsed / 1024 ** 2,
    rssMb: rss / 1024 ** 2,
    handles: readdirSync("/proc/self/fd").length,
    timers: process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length,
    // Answers to commands stay for a week, and every run is a command.
    rows: tables.reduce((sum, { name, rows }) => sum + (name === "command" ? 0 : rows), 0),
    databaseMb: bytes / 1024 ** 2,
    logs: readdirSync(join(runtime.project.logsDir)).length,
  };
}

/** What is left after it is in use; what was there before may be garbage. */
async function collectGarbage(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.collectGarbage");
  session.disconnect();
}

/** Of the later two thirds, when everything has warmed up: by how much each grows in a thousand runs. */
function figuresOf(samples: readonly Sample[]): readonly Figure[] {
  const steady = samples.slice(Math.ceil(samples.length / 3));
  const last = steady.at(-1);
  if (last === undefined) throw new Error("the soak was too short to be measured");
  const growth = (name: keyof Sample, unit: string): Figure => ({
    name: `soak_${name}_growth`,
    value: slope(steady, name) * 1_000,
    unit: `${unit} per 1,000 runs`,
    goal: null,
    better: "lower",
  });
  return [
    { name: "soak_runs", value: last.runs, unit: "", goal: null, better: "higher" },
    growth("heapMb", "MB"),
    growth("rssMb", "MB"),
    growth("handles", ""),
    growth("timers", ""),
    growth("rows", "rows"),
    growth("databaseMb", "MB"),
    growth("logs", "folders"),
    { name: "soak_heap", value: median(steady.map(({ heapMb }) => heapMb)), unit: "MB", goal: null, better: "lower" },
  ];
}

/** Of the straight line that fits best, by the number of runs. */
function slope(samples: readonly Sample[], name: keyof Sample): number {
  const mean = (key: keyof Sample): number => samples.reduce((sum, sample) => sum + sample[key], 0) / samples.length;
  const [x, y] = [mean("runs"), mean(name)];
  let [above, below] = [0, 0];
  for (const sample of samples) {
    above += (sample.runs - x) * (sample[name] - y);
    below += (sample.runs - x) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
