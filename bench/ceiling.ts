import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { type CeilingWriter, PostgresCeiling, SqliteCeiling } from "./ceiling-writers.ts";
import { type Figure, median } from "./figures.ts";

const CHILDREN = 8;
const TASKS = 20_000;
const HOPS = 400;

/**
 * What this machine can do with no engine around: eight warm children, one message each way a task, two row writes and
 * one event row a task, one durable transaction a batch; and one task after the other for the hop. On the store that is
 * measured: a SQLite file in the folder, or a PostgreSQL at an address.
 */
export async function ceilingFigures(dir: string, postgresUrl?: string): Promise<readonly Figure[]> {
  const writer =
    postgresUrl === undefined
      ? new SqliteCeiling(join(dir, "ceiling.db"))
      : await PostgresCeiling.open(postgresUrl, "ceiling");
  const loop = new BareLoop(writer);
  await loop.tasks(2_000, CHILDREN);
  const begun = performance.now();
  await loop.tasks(TASKS, CHILDREN);
  const tasksPerS = TASKS / ((performance.now() - begun) / 1000);
  const hops: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const from = performance.now();
    await loop.tasks(HOPS, 1);
    hops.push((performance.now() - from) / HOPS);
  }
  await loop.close();
  return [
    { name: "ceiling_tasks_per_s", value: tasksPerS, unit: "1/s", goal: null, better: "higher" },
    { name: "ceiling_hop_ms", value: median(hops), unit: "ms", goal: null, better: "lower" },
  ];
}

class BareLoop {
  readonly #writer: CeilingWriter;
  readonly #children: ChildProcess[] = [];
  /** Tasks that have ended, with the child that ran them, one after the other. */
  #ended: number[] = [];
  #scheduled = false;
  #writing = false;
  #turn: (starting: readonly number[]) => void = () => {};
  #next = 0;

  constructor(writer: CeilingWriter) {
    this.#writer = writer;
    for (let at = 0; at < CHILDREN; at += 1) this.#spawn(at);
  }

  #spawn(at: number): void {
    const entry = new URL("./ceiling-child.ts", import.meta.url);
    const child = spawn(process.execPath, [entry.pathname], {
      stdio: ["ignore", "inherit", "inherit", "pipe", "pipe"],
    });
    this.#children[at] = child;
    (child.stdio[4] as Readable).on("data", (bytes: Buffer) => {
      for (let place = 0; place < bytes.length; place += 8) this.#ended.push(bytes.readInt32LE(place), at);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#writing) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#turn([]);
    });
  }

  tasks(count: number, children: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = count;
      let open = 0;
      const turn = async (starting: readonly number[]): Promise<void> => {
        const begun: number[] = [];
        const ended: number[] = [];
        const lanes: number[] = [];
        const free = [...starting];
        for (let place = 0; place < this.#ended.length; place += 2) {
          ended.push(this.#ended[place] as number);
          free.push(this.#ended[place + 1] as number);
        }
        this.#ended = [];
        open -= ended.length;
        for (const child of free) {
          if (left === 0) break;
          left -= 1;
          open += 1;
          this.#next += 1;
          begun.push(this.#next);
          lanes.push(child);
        }
        this.#writing = true;
        await this.#writer.write(begun, ended);
        this.#writing = false;
        for (const [place, task] of begun.entries()) this.#send(task, lanes[place] as number);
        if (left === 0 && open === 0) resolve();
        else if (this.#ended.length > 0) this.#schedule();
      };
      this.#turn = (starting) => void turn(starting).catch(reject);
      // Two for each child, so that none waits for the disk.
      const lanes = Array.from({ length: children }, (_, child) => child);
      this.#turn(children === 1 ? lanes : [...lanes, ...lanes]);
    });
  }

  #send(task: number, child: number): void {
    const frame = Buffer.alloc(8);
    frame.writeInt32LE(task);
    const { stdio } = this.#children[child] as ChildProcess;
    (stdio[3] as Writable).write(frame);
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await this.#writer.close();
  }
}
