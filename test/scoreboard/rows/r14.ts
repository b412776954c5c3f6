import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { largest, quantile, seconds, until } from "../real/measure.ts";
import { RowProject, type Work } from "../real/row-project.ts";
import type { ScoreboardRow } from "../row.ts";

/** A tree of four shells that do not hear SIGTERM: one below the worker, one in its own session, two orphaned. */
const SCRIPT = `trap "" TERM
deaf='trap "" TERM; echo $$ >> "$1"; while :; do sleep 1; done'
echo $$ >> "$1"
setsid sh -c "$deaf" sh "$1" &
(sh -c "$deaf" sh "$1" &)
(setsid sh -c "$deaf" sh "$1" &)
while :; do sleep 1; done
`;
const PROCESSES = 4;
const GRACE_MS = 500;
const AFTER_GRACE_MS = 2_000;
const AT_ONCE = 4;

const TREES = `import { flow, shell, task, type } from "millrace";
import { spawn } from "node:child_process";
import { z } from "zod";
const params = z.object({ file: z.string() });
const grown = task("grown", { grace: ${GRACE_MS} }, ({ file }: { file: string }) => new Promise<void>(() => {
  process.on("SIGTERM", () => {});
  spawn("sh", ["tree.sh", file], { stdio: "ignore", env: { ...process.env, TREE: file } });
  setInterval(() => {}, 1_000);
}));
const shelled = shell("shelled", {
  grace: ${GRACE_MS},
  input: type<{ file: string }>(),
  command: ["sh", "tree.sh", ({ file }) => file],
});
export const trees = flow("trees", { params }, ({ params: { file } }) => { grown({ file }); });
export const shells = flow("shells", { params }, ({ params: { file } }) => { shelled({ file }); });
`;
const CONFIG = `import { defineConfig } from "millrace";\nexport default defineConfig({ workers: ${AT_ONCE} });\n`;

interface Felled {
  readonly alive: number;
  /** From the cancel to the death of the last. */
  readonly ms: number;
}

export const row: ScoreboardRow = {
  id: "R14",
  title: "1,000 cancels of trees with setsid, double fork, ignored SIGTERM",
  goal: "0 processes alive after grace + 2 s",
  stores: ["sqlite", "postgres"],
  async run(at) {
    const cancels = at.full ? 1_000 : 20;
    const files = { "flows/trees.ts": TREES, "tree.sh": SCRIPT, "millrace.config.ts": CONFIG };
    const project = await RowProject.make(at, files);
    try {
      const work = await project.open();
      const felled: Felled[] = [];
      while (felled.length < cancels) {
        const wave = Array.from({ length: Math.min(AT_ONCE, cancels - felled.length) }, (_, index) =>
          growAndFell(work, project.path(`tree-${felled.length + index}`), index),
        );
        felled.push(...(await Promise.all(wave)));
      }
      const alive = felled.reduce((sum, one) => sum + one.alive, 0);
      const times = felled.map(({ ms }) => ms);
      const figure = `${alive} of ${cancels * PROCESSES} processes alive after ${cancels} cancels; dead after ${seconds(quantile(times, 0.5))} p50, ${seconds(largest(times))} max, with ${seconds(GRACE_MS)} of grace`;
      return { figure, reached: alive === 0, details: { alive, cancels, maxMs: largest(times) } };
    } finally {
      await project.close();
    }
  },
};

async function growAndFell(work: Work, file: string, index: number): Promise<Felled> {
  const run = await work.begin(index % 2 === 0 ? "trees" : "shells", { file });
  const pids = await until(`the tree ${path.basename(file)}`, 30_000, () => {
    const found = pidsIn(file);
    return found.length === PROCESSES ? found : undefined;
  });
  const cancelledAt = performance.now();
  await work.cancel(run);
  let alive = pids.filter(isAlive);
  while (alive.length > 0 && performance.now() - cancelledAt < GRACE_MS + AFTER_GRACE_MS) {
    await pause(10);
    alive = pids.filter(isAlive);
  }
  const ms = performance.now() - cancelledAt;
  const { state } = await work.runtime.whenSettled(run);
  if (state !== "cancelled") throw new Error(`run ${run} was cancelled, and is ${state}`);
  return { alive: alive.length, ms };
}

function pidsIn(file: string): number[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").trim().split("\n").map(Number);
}

/** A zombie is dead. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}
