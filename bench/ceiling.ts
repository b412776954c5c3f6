import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Readable, Writable } from "node:stream";
import { type Figure, median } from "./figures.ts";

const CHILDREN = 8;
const TASKS = 20_000;
const HOPS = 400;

/**
 * What this machine can do with no engine around: eight warm children, one message each way a task, two row writes and
 * one event row a task, one transaction a batch, `synchronous=FULL`; and one task after the other for the hop.
 */
export async function ceilingFigures(dir: string): Promise<readonly Figure[]> {
  const loop = new BareLoop(join(dir, "ceiling.db"));
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
  loop.close();
  return [
    { name: "ceiling_tasks_per_s", value: tasksPerS, unit: "1/s", goal: null, better: "higher" },
    { name: "ceiling_hop_ms", value: median(hops), unit: "ms", goal: null, better: "lower" },
  ];
}

class BareLoop {
  readonly #db: DatabaseSync;
  readonly #children: ChildProcess[] = [];
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #event: StatementSync;
  #ended: number[] = [];
  #scheduled = false;
  #turn: () => void = () => {};
  #next = 0;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
      CREATE TABLE task (id INTEGER PRIMARY KEY, state TEXT, at INTEGER) STRICT;
      CREATE TABLE event (seq INTEGER PRIMARY KEY, task INTEGER, at INTEGER) STRICT;`);
    this.#insert = this.#db.prepare("INSERT INTO task VALUES (?, 'running', ?)");
    this.#update = this.#db.prepare("UPDATE task SET state = 'success', at = ? WHERE id = ?");
    this.#event = this.#db.prepare("INSERT INTO event (task, at) VALUES (?, ?)");
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
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#turn();
      });
    });
  }

  tasks(count: number, children: number): Promise<void> {
    return new Promise((resolve) => {
      let left = count;
      let open = 0;
      const turn = (starting: readonly number[]): void => {
        const begun: [number, number][] = [];
        const ended = this.#ended;
        this.#ended = [];
        this.#db.exec("BEGIN IMMEDIATE");
        const free = [...starting];
        for (let place = 0; place < ended.length; place += 2) {
          this.#update.run(Date.now(), ended[place] as number);
          this.#event.run(ended[place] as number, Date.now());
          free.push(ended[place + 1] as number);
          open -= 1;
        }
        for (const child of free) {
          if (left === 0) break;
          left -= 1;
          open += 1;
          this.#next += 1;
          this.#insert.run(this.#next, Date.now());
          begun.push([this.#next, child]);
        }
        this.#db.exec("COMMIT");
        for (const [task, child] of begun) this.#send(task, child);
        if (left === 0 && open === 0) resolve();
      };
      this.#turn = () => turn([]);
      // Two for each child, so that none waits for the disk.
      const lanes = Array.from({ length: children }, (_, child) => child);
      turn(children === 1 ? lanes : [...lanes, ...lanes]);
    });
  }

  #send(task: number, child: number): void {
    const frame = Buffer.alloc(8);
    frame.writeInt32LE(task);
    const { stdio } = this.#children[child] as ChildProcess;
    (stdio[3] as Writable).write(frame);
  }

  close(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    this.#db.close();
  }
}
