import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";
import type { RunId } from "@millrace/core";
import { type Chance, seeded } from "../../durability/seeded.ts";
import { largest, quantile, readSoon, seconds } from "../real/measure.ts";
import { killRemoteWorkers } from "../real/remote-deaths.ts";
import { RowProject, type Work } from "../real/row-project.ts";
import type { RowSetting, ScoreboardRow } from "../row.ts";

/**
 * `held` says where it is and hangs, until its worker is killed; the attempt after it returns at once. It knows by the
 * file which one it is, for a crash spends no try.
 */
const FLOWS = `import { flow, task } from "millrace";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
const many = task("many", ({ count }: { count: number }) => Array.from({ length: count }, (_, n) => n));
const held = task("held", ({ folder, n }: { folder: string; n: number }) => {
  const isFirst = !existsSync(\`\${folder}/\${n}-1\`);
  const file = \`\${folder}/\${n}-\${isFirst ? 1 : 2}\`;
  writeFileSync(\`\${file}.new\`, JSON.stringify({ pid: process.pid, atMs: Date.now() }));
  renameSync(\`\${file}.new\`, file);
  if (isFirst) return new Promise<void>(() => { setInterval(() => {}, 1_000); });
});
const burn = task("burn", ({ ms }: { ms: number }) => {
  for (const end = performance.now() + ms; performance.now() < end; );
});
export const deaths = flow(
  "deaths",
  { params: z.object({ count: z.number(), folder: z.string() }) },
  ({ params: { count, folder } }) => { held.each(many({ count }), (n) => ({ folder, n })); },
);
export const load = flow(
  "load",
  { params: z.object({ count: z.number(), ms: z.number() }) },
  ({ params: { count, ms } }) => { burn.each(many({ count }), () => ({ ms })); },
);
`;
const WORKERS = 5;
const CONFIG = `import { defineConfig } from "millrace";\nexport default defineConfig({ workers: ${WORKERS} });\n`;
const LOCAL_MS = 1_000;
const REMOTE_MS = 15_000;
/** One attempt under load computes so long on a core of its own. */
const BURN_MS = 400;

interface Place {
  readonly pid: number;
  readonly atMs: number;
}

export const row: ScoreboardRow = {
  id: "R8",
  title: "dead worker to re-queue; attempts taken for dead under full CPU load",
  goal: "local at most 1 s, remote at most 15 s; 0 false alarms",
  stores: ["sqlite", "postgres"],
  async run(at) {
    const project = await RowProject.make(at, { "flows/deaths.ts": FLOWS, "millrace.config.ts": CONFIG });
    try {
      const work = await project.open();
      const chance = seeded(at.seed);
      const times: number[] = [];
      for (let round = 0; round < (at.full ? 100 : 4); round += 1) {
        const folder = project.path(`round-${round}`);
        mkdirSync(folder);
        times.push(...(await killWorkers(work, folder, chance)));
      }
      const { alarms, attempts } = await loadFully(work, at.full ? 1_000 : 30);
      const remote = await remoteTimes(at);
      const [p50, max] = [quantile(times, 0.5), largest(times)];
      const [remoteP50, remoteMax] = [quantile(remote, 0.5), largest(remote)];
      const figure = `local ${seconds(p50)} p50, ${seconds(max)} max of ${times.length}, remote ${seconds(remoteP50)} p50, ${seconds(remoteMax)} max of ${remote.length}, from the kill to the next attempt at work; ${alarms} false alarms in ${attempts} attempts under full load`;
      return {
        figure,
        reached: max <= LOCAL_MS && remoteMax <= REMOTE_MS && alarms === 0,
        details: {
          p50Ms: p50,
          maxMs: max,
          deaths: times.length,
          remoteP50Ms: remoteP50,
          remoteMaxMs: remoteMax,
          alarms,
          attempts,
        },
      };
    } finally {
      await project.close();
    }
  },
};

/** The same with workers in processes of their own, in a project of their own. */
async function remoteTimes(at: RowSetting): Promise<number[]> {
  const project = await RowProject.make(at, { "flows/deaths.ts": FLOWS, "millrace.config.ts": CONFIG });
  try {
    return await killRemoteWorkers(project, { flow: "deaths", items: WORKERS, rounds: at.full ? 10 : 1 });
  } finally {
    await project.close();
  }
}

/** Kills the workers of one run, one after the other, while the others hang. */
async function killWorkers(work: Work, folder: string, chance: Chance): Promise<number[]> {
  const run = await work.begin("deaths", { count: WORKERS, folder });
  const items = Array.from({ length: WORKERS }, (_, n) => n);
  const first = await Promise.all(items.map((n) => readSoon<Place>(`${folder}/${n}-1`)));
  const times: number[] = [];
  while (items.length > 0) {
    const [item = 0] = items.splice(chance.below(items.length), 1);
    const killedAtMs = Date.now();
    process.kill(first[item]?.pid ?? 0, "SIGKILL");
    const { atMs } = await readSoon<Place>(`${folder}/${item}-2`);
    times.push(atMs - killedAtMs);
  }
  const { state } = await work.runtime.whenSettled(run);
  if (state !== "success") throw new Error(`run ${run} is ${state}`);
  return times;
}

/** Every core has something else to do, twice over, and every worker computes. */
async function loadFully(work: Work, count: number): Promise<{ alarms: number; attempts: number }> {
  const burners = Array.from({ length: 2 * availableParallelism() }, burner);
  try {
    const run = await work.begin("load", { count, ms: BURN_MS });
    await work.runtime.whenSettled(run);
    return await countAlarms(work, run);
  } finally {
    for (const child of burners) child.kill("SIGKILL");
  }
}

function burner(): ChildProcess {
  return spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
}

async function countAlarms(work: Work, run: RunId): Promise<{ alarms: number; attempts: number }> {
  const attempts = await work.runtime.store.history.listAttempts(run);
  return { alarms: attempts.filter(({ state }) => state !== "success").length, attempts: attempts.length };
}
