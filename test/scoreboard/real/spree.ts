// A killing spree: while runs go on, processes of all kinds are killed, one at a time, and somebody starts what is needed.
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { Command, JsonRecord } from "../../durability/command.ts";
import { type JournalLine, readJournal } from "../../durability/journal.ts";
import { killNow, type Process } from "../../durability/processes.ts";
import type { Chance } from "../../durability/seeded.ts";
import type { RowProject } from "./row-project.ts";

export type Victim = "server" | "guardian" | "worker";

export interface Kill {
  readonly victim: Victim;
  readonly pid: number;
  readonly atMs: number;
}

export interface SpreeOptions {
  readonly project: RowProject;
  readonly chance: Chance;
  readonly kills: number;
  /** What begins a run, and how many are wanted at least. What is unfinished is resumed first. */
  readonly runArgs: readonly string[];
  readonly runs: number;
}

/** From one kill to the next, or from the first word of a server, at most, in milliseconds. */
const LONGEST_PAUSE_MS = 700;
/** The share of servers that may be killed before they have said anything. */
const EARLY = 0.15;
/** A server that has not ended its runs after this time is stuck, in milliseconds. */
const STUCK_MS = 120_000;

/** Who is told what when a process ends by itself, and what everybody said. */
export class Spree {
  readonly kills: Kill[] = [];
  readonly problems: string[] = [];
  /** What was acknowledged. */
  readonly records: JsonRecord[] = [];
  /** Until the guardian that was killed had a successor, in milliseconds. */
  readonly guardianMs: number[] = [];
  readonly #options: SpreeOptions;
  #server: Command | undefined;
  #firstWord: Promise<unknown> = Promise.resolve();
  /** Whether something unfinished may have been left: the last one was killed. */
  #wantsResume = false;
  /** Runs that somebody spoke of. */
  readonly #made = new Set<unknown>();

  constructor(options: SpreeOptions) {
    this.#options = options;
  }

  /** The file that says what really ran. */
  get journal(): string {
    return this.#options.project.journal;
  }

  async run(): Promise<void> {
    const { kills, chance, runs } = this.#options;
    while (this.kills.length < kills) {
      const server = this.#serverNow();
      if (chance.next() >= EARLY) await this.#firstWord;
      await pauseOrExit(chance.next() * LONGEST_PAUSE_MS, server.child);
      if (hasEnded(server.child)) await this.#endedByItself(server);
      else await this.#killOne(server);
    }
    while (this.#made.size < runs || this.#server !== undefined || this.#wantsResume) {
      await this.#endedByItself(this.#serverNow());
    }
  }

  #serverNow(): Command {
    if (this.#server !== undefined) return this.#server;
    const args = this.#wantsResume ? ["resume"] : this.#options.runArgs;
    const server = this.#options.project.start([...args, "--json"]);
    this.#firstWord = new Promise((resolve) => {
      server.child.stdout?.once("data", resolve);
      server.child.once("exit", resolve);
    });
    this.#server = server;
    return server;
  }

  async #endedByItself(server: Command): Promise<void> {
    const watch = setTimeout(() => {
      this.problems.push(`a server has not come to its end in ${STUCK_MS} ms`);
      killNow(this.#options.project.processes());
    }, STUCK_MS);
    const { code, signal, records, stderr, stdout } = await server.ended;
    clearTimeout(watch);
    this.#hear(records);
    this.#wantsResume = false;
    if (code === 0) return;
    this.problems.push(`a server ended with ${signal ?? `exit code ${code}`}: ${(stderr + stdout).slice(-1_000)}`);
  }

  async #killOne(server: Command): Promise<void> {
    const { chance } = this.#options;
    const there = this.#options.project.processes();
    const victim = chance.pick<Victim>([
      [45, "worker"],
      [40, "server"],
      [15, "guardian"],
    ]);
    if (victim === "server") {
      this.#note(victim, server.child.pid ?? 0);
      server.child.kill("SIGKILL");
      await this.#buried(server);
      return;
    }
    const candidates = there.filter(({ role }) => role === victim);
    const one = candidates[chance.below(candidates.length)];
    if (one === undefined) return;
    this.#note(victim, one.pid);
    killNow([one]);
    if (victim === "guardian") await this.#untilGuarded(server, one);
  }

  #note(victim: Victim, pid: number): void {
    this.kills.push({ victim, pid, atMs: Date.now() });
  }

  async #buried(server: Command): Promise<void> {
    const { records } = await server.ended;
    this.#hear(records);
    this.#wantsResume = true;
  }

  #hear(records: readonly JsonRecord[]): void {
    this.records.push(...records);
    for (const record of records) if (record["run"] !== undefined) this.#made.add(record["run"]);
    this.#server = undefined;
  }

  async #untilGuarded(server: Command, { pid }: Process): Promise<void> {
    const killedAt = performance.now();
    while (!hasEnded(server.child)) {
      const there = this.#options.project.processes();
      if (there.some((one) => one.role === "guardian" && one.pid !== pid)) {
        this.guardianMs.push(performance.now() - killedAt);
        return;
      }
      await pause(10);
    }
  }
}

/**
 * From each kill to when work went on, in milliseconds: after a server, the next thing that a task under another one
 * does; after a worker, the next start of what it was at, or of anything when it was idle. Those that the death of a
 * server followed before are left out.
 */
export function recoveryTimes(kills: readonly Kill[], journalFile: string, only?: Victim): number[] {
  const journal = readJournal(journalFile);
  return kills.flatMap((kill, index) => {
    if (kill.victim === "guardian" || (only !== undefined && kill.victim !== only)) return [];
    const next = kills.slice(index + 1).find(({ victim }) => victim === "server");
    const goneOn = kill.victim === "server" ? afterServer(journal, kill) : afterWorker(journal, kill);
    return goneOn === undefined || (next !== undefined && next.atMs < goneOn.atMs) ? [] : [goneOn.atMs - kill.atMs];
  });
}

function afterServer(journal: readonly JournalLine[], { pid, atMs }: Kill): JournalLine | undefined {
  return journal.find((line) => line.atMs > atMs && line.server !== pid);
}

function afterWorker(journal: readonly JournalLine[], { pid, atMs }: Kill): JournalLine | undefined {
  const open = new Map<number, string>();
  for (const line of journal) {
    if (line.atMs > atMs) break;
    if (line.what === "start") open.set(line.pid, line.key);
    else open.delete(line.pid);
  }
  const key = open.get(pid);
  const isNext = (line: JournalLine): boolean => line.what === "start" && (key === undefined || line.key === key);
  return journal.find((line) => line.atMs >= atMs && isNext(line));
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Waits so long, or until the process ends. */
async function pauseOrExit(ms: number, child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const gone = Promise.withResolvers<void>();
  const timer = setTimeout(gone.resolve, ms);
  child.once("exit", gone.resolve);
  await gone.promise;
  clearTimeout(timer);
  child.off("exit", gone.resolve);
}
