// One moment: a run is killed somewhere, resumed, perhaps killed again, and in the end everything must add up.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Command, type Ended, startMillrace } from "./command.ts";
import { readJournal } from "./journal.ts";
import { killNow, MOMENT_VARIABLE, processesOf, untilNone } from "./processes.ts";
import {
  brokenInvariants,
  lostAcknowledgements,
  overlappingServers,
  repeatedWork,
  unfinishedBusiness,
} from "./promises.ts";
import { type Chance, seeded } from "./seeded.ts";
import { finishedKeys, type Snapshot, takeSnapshot } from "./snapshot.ts";
import type { Trial } from "./trial.ts";

export interface MomentResult {
  readonly seed: number;
  /** What was done, in the order it was done. */
  readonly story: readonly string[];
  readonly problems: readonly string[];
  /** How many processes were killed by us: servers, guardians, workers. */
  readonly kills: number;
  /** The longest time from the death of a server to that of its last process, in milliseconds. */
  readonly lastDeathMs: number;
  readonly ms: number;
  /** Of a moment with problems, to be looked at. */
  readonly dir: string | null;
}

export interface MomentOptions {
  readonly trial: Trial;
  readonly seed: number;
  /** How long the run takes when nobody disturbs it: kills are spread over a little more. */
  readonly durationMs: number;
  /** An empty database of PostgreSQL for each moment. Defaults to the project's own file. */
  readonly newDatabase?: () => Promise<string>;
}

/** Who is killed. A server whose guardian dies with it may leave workers, until its successor sweeps them away. */
type Victims = "server" | "server and guardian" | "everything";

const GONE_WITHIN_MS = 2_000;
const LEFT_WITHIN_MS = 1_000;
/** The last moments of a run, after its end was said, are killed too. */
const BEYOND_END = 1.1;

export async function runMoment(options: MomentOptions): Promise<MomentResult> {
  const moment = new Moment(options);
  try {
    return await moment.live();
  } finally {
    killNow(processesOf(moment.id));
  }
}

/** How long the run takes by itself, in milliseconds: the fastest of some. Throws when it does not succeed. */
export async function measureTrial(
  trial: Trial,
  rounds = 3,
  newDatabase?: MomentOptions["newDatabase"],
): Promise<number> {
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const options = { trial, seed: 0, durationMs: 0, ...(newDatabase === undefined ? {} : { newDatabase }) };
    const result = await new Moment(options).undisturbed();
    if (result.problems.length > 0) throw new Error(`undisturbed, it fails:\n${result.problems.join("\n")}`);
    took.push(result.ms);
  }
  return Math.min(...took);
}

class Moment {
  readonly id: string;
  readonly #options: MomentOptions;
  readonly #chance: Chance;
  readonly #dir: string;
  readonly #story: string[] = [];
  readonly #problems: string[] = [];
  /** What was finished at each death, and how long the journal was. */
  readonly #deaths: { readonly finished: ReadonlySet<string>; readonly lines: number }[] = [];
  /** Runs that were asked for, at most. */
  #asked = 0;
  #kills = 0;
  #lastDeathMs = 0;
  #databaseUrl: string | undefined;

  constructor(options: MomentOptions) {
    this.#options = options;
    this.#chance = seeded(options.seed);
    this.#dir = mkdtempSync(path.join(tmpdir(), "durability-"));
    this.id = path.basename(this.#dir);
  }

  async live(): Promise<MomentResult> {
    const begunAt = performance.now();
    await this.#prepare();
    const kills = this.#chance.pick([
      [60, 1],
      [22, 2],
      [12, 3],
      [6, 4],
    ]);
    for (let kill = 0; kill < kills; kill += 1) await this.#liveAndDie(kill);
    await this.#liveToTheEnd();
    return this.#result(performance.now() - begunAt);
  }

  async #prepare(): Promise<void> {
    this.#options.trial.prepare(this.#dir);
    this.#databaseUrl = await this.#options.newDatabase?.();
  }

  async undisturbed(): Promise<MomentResult> {
    await this.#prepare();
    const { ms } = await this.#liveToTheEnd();
    return this.#result(ms);
  }

  /** What comes next: the run itself, as long as there is none; else what carries on with it. */
  #nextArgs(snapshot: Snapshot, mayBegin: boolean): readonly string[] {
    const { args, mayRunTwice } = this.#options.trial;
    const isThere = snapshot.runs.length > 0 || snapshot.pending > 0;
    const begins = !isThere || (mayBegin && mayRunTwice && this.#chance.next() < 0.1);
    if (begins) this.#asked += 1;
    return begins ? args : ["resume"];
  }

  #start(args: readonly string[]): Command {
    const url = this.#databaseUrl;
    const env = {
      [MOMENT_VARIABLE]: this.id,
      DURABILITY_JOURNAL: this.#journal,
      ...(url === undefined ? {} : { MILLRACE_DATABASE_URL: url }),
    };
    return startMillrace({ dir: this.#dir, env }, [...args, "--json"]);
  }

  async #liveAndDie(kill: number): Promise<void> {
    const before = await takeSnapshot(this.#database);
    const args = this.#nextArgs(before, false);
    const atMs = this.#chance.next() * BEYOND_END * this.#options.durationMs;
    const early = this.#planEarlyKill(kill, atMs);
    const victims = this.#chance.pick<Victims>([
      [70, "server"],
      [15, "server and guardian"],
      [15, "everything"],
    ]);
    const command = this.#start(args);
    if (early !== null) {
      await pauseOrEnd(early.atMs, command);
      this.#killOne(early.role);
    }
    await pauseOrEnd(atMs - (early?.atMs ?? 0), command);
    if (command.child.exitCode !== null) {
      this.#story.push(`${args[0]} ended by itself before ${atMs.toFixed(0)} ms`);
      this.#judgeEnd(args, await command.ended);
      return;
    }
    this.#killServer(command, victims);
    this.#story.push(`${args[0]}: ${victims} at ${atMs.toFixed(0)} ms`);
    await this.#judgeDeath(command, victims);
  }

  /** Sometimes a guardian or a worker dies first, and the run must go on. One worker only: its task has a budget. */
  #planEarlyKill(kill: number, atMs: number): { role: "guardian" | "worker"; atMs: number } | null {
    const role = this.#chance.pick<"guardian" | "worker" | null>([
      [70, null],
      [15, "guardian"],
      [kill === 0 ? 15 : 0, "worker"],
    ]);
    const earlyMs = this.#chance.next() * atMs;
    return role === null ? null : { role, atMs: earlyMs };
  }

  #killOne(role: "guardian" | "worker"): void {
    const there = processesOf(this.id).filter((process) => process.role === role);
    const victim = there[this.#chance.below(there.length)];
    this.#story.push(victim === undefined ? `there was no ${role} to kill` : `killed a ${role} first`);
    if (victim !== undefined) this.#kill([victim]);
  }

  #killServer({ child }: Command, victims: Victims): void {
    const others = victims === "server" ? [] : processesOf(this.id).filter(({ pid }) => pid !== child.pid);
    const guardians = others.filter(({ role }) => role === "guardian");
    // The guardian first: when the server goes first, it is at work before it can be killed.
    this.#kill(guardians);
    child.kill("SIGKILL");
    this.#kills += 1;
    if (victims === "everything") this.#kill(others.filter(({ role }) => role !== "guardian"));
  }

  #kill(victims: Parameters<typeof killNow>[0]): void {
    this.#kills += victims.length;
    killNow(victims);
  }

  async #judgeDeath(command: Command, victims: Victims): Promise<void> {
    const diedAt = performance.now();
    if (victims === "server") {
      const left = await untilNone(this.id, GONE_WITHIN_MS);
      for (const { pid, role, command: what } of left) {
        this.#problems.push(`${role} ${pid} lives ${GONE_WITHIN_MS} ms after its server: ${what.slice(0, 200)}`);
      }
      this.#lastDeathMs = Math.max(this.#lastDeathMs, performance.now() - diedAt);
    } else await exitOf(command);
    const { records } = await command.ended;
    const snapshot = await takeSnapshot(this.#database);
    if (snapshot.integrity !== "ok") this.#problems.push(`the database is damaged: ${snapshot.integrity}`);
    this.#problems.push(...lostAcknowledgements(records, snapshot));
    this.#remember(snapshot);
  }

  #remember(snapshot: Snapshot): void {
    this.#deaths.push({ finished: finishedKeys(snapshot), lines: readJournal(this.#journal).length });
  }

  async #liveToTheEnd(): Promise<Ended> {
    const args = this.#nextArgs(await takeSnapshot(this.#database), true);
    this.#story.push(`${args[0]} to the end`);
    const command = this.#start(args);
    const watch = setTimeout(() => {
      this.#problems.push(`${args[0]} has not ended after ${this.#options.trial.limitMs} ms`);
      killNow(processesOf(this.id));
    }, this.#options.trial.limitMs);
    const last = await command.ended;
    clearTimeout(watch);
    this.#judgeEnd(args, last);
    const left = await untilNone(this.id, LEFT_WITHIN_MS);
    for (const { pid, role, command: what } of left) {
      this.#problems.push(`${role} ${pid} is left at the end: ${what.slice(0, 200)}`);
    }
    const snapshot = await takeSnapshot(this.#database);
    const journal = readJournal(this.#journal);
    this.#problems.push(...unfinishedBusiness(snapshot, journal), ...brokenInvariants(snapshot));
    this.#problems.push(...overlappingServers(journal));
    for (const { finished, lines } of this.#deaths) {
      this.#problems.push(...repeatedWork(finished, journal.slice(lines)));
    }
    this.#judgeRuns(snapshot);
    this.#problems.push(...this.#options.trial.check(this.#dir, snapshot));
    return last;
  }

  #judgeEnd(args: readonly string[], { code, signal, stdout, stderr }: Ended): void {
    if (code === 0) return;
    const said = `${stdout.slice(-500)}${stderr.slice(-1_500)}`;
    this.#problems.push(`${args[0]} ended with ${signal ?? `exit code ${code}`}: ${said}`);
  }

  /** Each request made one run, or none when it died before; and a run of the last command is there. */
  #judgeRuns({ runs }: Snapshot): void {
    const made = runs.filter(({ run }) => run.trigger.kind === "manual").length;
    if (made === 0) this.#problems.push("there is no run at the end");
    if (made > this.#asked) this.#problems.push(`${made} runs were made of ${this.#asked} requests`);
  }

  #result(ms: number): MomentResult {
    const failed = this.#problems.length > 0;
    if (!failed) rmSync(this.#dir, { recursive: true, force: true, maxRetries: 5 });
    return {
      seed: this.#options.seed,
      story: this.#story,
      problems: [...new Set(this.#problems)],
      kills: this.#kills,
      lastDeathMs: this.#lastDeathMs,
      ms,
      dir: failed ? this.#dir : null,
    };
  }

  get #database(): string {
    return this.#databaseUrl ?? path.join(this.#dir, ".millrace/millrace.db");
  }

  get #journal(): string {
    return path.join(this.#dir, "journal");
  }
}

/** Waits so long, or until the process ends. */
async function pauseOrEnd(ms: number, { child }: Command): Promise<void> {
  if (child.exitCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    child.once("exit", done);
    function done(): void {
      clearTimeout(timer);
      child.off("exit", done);
      resolve();
    }
  });
}

async function exitOf({ child }: Command): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => child.once("exit", () => resolve()));
}
