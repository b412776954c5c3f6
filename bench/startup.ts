import { spawn } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Figure, median, say } from "./figures.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

const ROUNDS = 11;
const BIN = fileURLToPath(new URL("../packages/cli/bin/millrace.js", import.meta.url));

/**
 * How long a person waits: from the start of the command to its help, to the first task of a run, and until `millrace dev`
 * has answered its first request.
 */
export async function startup(): Promise<readonly Figure[]> {
  const project = await makeProject(FLOWS.chain(3));
  const help: number[] = [];
  const first: number[] = [];
  const whole: number[] = [];
  const ready: number[] = [];
  await timed(project.dir, ["run", "chain", "--json"]);
  for (let round = 0; round < ROUNDS; round += 1) {
    help.push((await timed(project.dir, ["--help"])).ms);
    const run = await timed(project.dir, ["run", "chain", "--json"]);
    first.push(run.firstTaskMs);
    whole.push(run.ms);
    ready.push(await untilReady(project.dir));
  }
  say(
    `help ${median(help).toFixed(0)} ms, first task ${median(first).toFixed(0)} ms, whole run ${median(whole).toFixed(0)} ms, dev ready ${median(ready).toFixed(0)} ms`,
  );
  await project.remove();
  return [
    { name: "startup_ms", value: median(first), unit: "ms", goal: 1_000, better: "lower" },
    { name: "help_ms", value: median(help), unit: "ms", goal: 150, better: "lower" },
    { name: "dev_ready_ms", value: median(ready), unit: "ms", goal: 1_000, better: "lower" },
    { name: "run3_command_ms", value: median(whole), unit: "ms", goal: null, better: "lower" },
  ];
}

async function timed(cwd: string, args: readonly string[]): Promise<{ ms: number; firstTaskMs: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  let firstTaskMs = Number.NaN;
  child.stdout.on("data", (bytes: Buffer) => {
    if (Number.isNaN(firstTaskMs) && bytes.includes('"task.started"')) firstTaskMs = performance.now() - begun;
  });
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`millrace ${args.join(" ")} ended with ${code}`);
  return { ms: performance.now() - begun, firstTaskMs };
}

async function untilReady(cwd: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, [BIN, "dev", "--port", "0", "--json"], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const url = Promise.withResolvers<string>();
  let text = "";
  child.stdout.on("data", (bytes: Buffer) => {
    text += bytes.toString();
    const found = /"type":"dev\.ready".*?"url":"([^"]+)"/.exec(text)?.[1];
    if (found !== undefined) url.resolve(found);
  });
  const response = await fetch(`${await url.promise}/ready`);
  if (!response.ok) throw new Error(`millrace dev is ready and answers ${response.status}`);
  const ms = performance.now() - begun;
  child.kill("SIGINT");
  await closed;
  return ms;
}
