import { monitorEventLoopDelay } from "node:perf_hooks";
import process from "node:process";
import { megabytes, seconds } from "../real/measure.ts";
import { RowProject, type Work } from "../real/row-project.ts";
import type { ScoreboardRow } from "../row.ts";

/** A log in lines, another through the console, a log that is one line, and an output that another task looks into, each of so many bytes. */
const HEAVY = `import { flow, task } from "millrace";
import { writeSync } from "node:fs";
import { z } from "zod";
const params = z.object({ bytes: z.number() });
const LINE = \`\${"x".repeat(99)}\\n\`;
const PIECE = "y".repeat(65_536);
const lines = task("lines", ({ bytes }: { bytes: number }) => {
  for (let left = bytes; left > 0; left -= LINE.length * 600) writeSync(1, LINE.repeat(600));
});
const console = task("console", ({ bytes }: { bytes: number }) => {
  for (let left = bytes; left > 0; left -= LINE.length) globalThis.console.log(LINE.slice(0, -1));
});
const line = task("line", ({ bytes }: { bytes: number }) => {
  for (let left = bytes; left > 0; left -= PIECE.length) writeSync(1, PIECE);
});
/** One string cannot be that long. */
const output = task("output", ({ bytes }: { bytes: number }) => {
  const pieces: string[] = [];
  for (let left = bytes; left > 0; left -= PIECE.length) pieces.push(PIECE.slice(0, left));
  return { pieces, count: pieces.length };
});
const look = task("look", ({ count }: { count: number }) => count);
export const logged = flow("logged", { params }, ({ params: { bytes } }) => { lines({ bytes }); });
export const called = flow("called", { params }, ({ params: { bytes } }) => { console({ bytes }); });
export const endless = flow("endless", { params }, ({ params: { bytes } }) => { line({ bytes }); });
export const given = flow("given", { params }, ({ params: { bytes } }) => {
  look({ count: output({ bytes }).count });
});
`;
const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({ workers: 2 });\n';
const GOAL_BYTES = 64_000_000;
const GOAL_LAG_MS = 100;
const SAMPLE_MS = 20;
const RESOLUTION_MS = 10;
const WARM_BYTES = 4_000_000;

export const row: ScoreboardRow = {
  id: "R20",
  title: "1 GB of log from one task, a 1 GB line, outputs from 0 B to 1 GB",
  goal: "memory of the server +64 MB at most; loop lag p99 < 100 ms",
  stores: ["sqlite", "postgres"],
  async run(at) {
    const most = at.full ? 1_000_000_000 : 64_000_000;
    const project = await RowProject.make(at, { "flows/heavy.ts": HEAVY, "millrace.config.ts": CONFIG });
    try {
      const work = await project.open();
      for (const flow of ["logged", "called", "endless", "given"]) await runToEnd(work, flow, WARM_BYTES);
      const watch = new Watch();
      for (const flow of ["logged", "called", "endless"]) await runToEnd(work, flow, most);
      for (const bytes of [0, 1, 1_000, 65_530, 65_537, 1_000_000, 16_000_000, most]) {
        await runToEnd(work, "given", bytes);
      }
      const { grownBytes, lagMs, ms } = watch.end();
      return {
        figure: `server +${megabytes(grownBytes)}, loop lag p99 ${lagMs.toFixed(0)} ms, with two logs and a line of ${megabytes(most)} each and outputs from 0 B to ${megabytes(most)}, in ${seconds(ms)}`,
        reached: grownBytes <= GOAL_BYTES && lagMs < GOAL_LAG_MS,
        details: { grownBytes, lagMs, ms },
      };
    } finally {
      await project.close();
    }
  },
};

async function runToEnd(work: Work, flow: string, bytes: number): Promise<void> {
  const run = await work.begin(flow, { bytes });
  const { state } = await work.runtime.whenSettled(run);
  if (state === "success") return;
  const failed = await work.runtime.store.history.listTaskRuns(run);
  throw new Error(`${flow} of ${bytes} bytes is ${state}: ${failed.map(({ error }) => error?.message).join("; ")}`);
}

/** The memory and the loop of this process, in which the server is. */
class Watch {
  readonly #begunAt = performance.now();
  readonly #lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #before = process.memoryUsage.rss();
  readonly #timer: NodeJS.Timeout;
  #most = this.#before;

  constructor() {
    this.#lag.enable();
    this.#timer = setInterval(() => {
      this.#most = Math.max(this.#most, process.memoryUsage.rss());
    }, SAMPLE_MS);
  }

  end(): { readonly grownBytes: number; readonly lagMs: number; readonly ms: number } {
    clearInterval(this.#timer);
    this.#lag.disable();
    const ms = performance.now() - this.#begunAt;
    return { grownBytes: this.#most - this.#before, lagMs: this.#lag.percentile(99) / 1e6, ms };
  }
}
