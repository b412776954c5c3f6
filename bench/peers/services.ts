// Processes of a peer: started in groups, with their output kept, and ended with all that they have started.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { treeOf } from "../processes.ts";

/** In the environment of every process of one stage, so that none is missed at the end. */
const MARK = "MILLRACE_BENCH_PEERS";
const GRACE_MS = 10_000;

export interface ServiceOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

interface Service {
  readonly name: string;
  readonly child: ChildProcess;
}

export class Services {
  readonly #logs: string;
  readonly #mark: string;
  readonly #services: Service[] = [];
  #ended = false;

  constructor(logs: string) {
    this.#logs = logs;
    this.#mark = `${process.pid}-${logs}`;
  }

  /** Starts a process that stays. */
  start(name: string, command: readonly string[], options: ServiceOptions = {}): void {
    const child = this.#spawn(name, command, options);
    this.#services.push({ name, child });
  }

  /** Runs a process to its end, which has to be a good one. */
  async run(name: string, command: readonly string[], options: ServiceOptions = {}): Promise<void> {
    const child = this.#spawn(name, command, options);
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${this.lastWords(name)}`);
  }

  /** The name of a process that has ended although it should stay. */
  fallen(): string | undefined {
    return this.#services.find(({ child }) => child.exitCode !== null || child.signalCode !== null)?.name;
  }

  /** The last line that says something. */
  lastWords(name: string): string {
    const lines = readFileSync(this.#logFile(name), "utf8").trim().split("\n");
    return (lines.findLast((line) => /\w/.test(line)) ?? "no word").trim().slice(0, 300);
  }

  /** Ends all of them: first asked, last killed, and whatever they left behind. */
  async stop(): Promise<void> {
    this.#ended = true;
    const trees = this.#services.flatMap(({ child }) => (child.pid === undefined ? [] : treeOf(child.pid)));
    for (const { child } of this.#services.toReversed()) signalGroup(child, "SIGTERM");
    const deadline = Date.now() + GRACE_MS;
    while (Date.now() < deadline && [...trees, ...this.#marked()].some(isAlive)) await sleep(50);
    for (const { child } of this.#services) signalGroup(child, "SIGKILL");
    for (const pid of [...trees, ...this.#marked()]) signal(pid, "SIGKILL");
    while ([...trees, ...this.#marked()].some(isAlive)) await sleep(10);
  }

  #spawn(name: string, [program = "", ...args]: readonly string[], { cwd, env }: ServiceOptions): ChildProcess {
    if (this.#ended) throw new Error("the peer was stopped");
    const log = openSync(this.#logFile(name), "a");
    const child = spawn(program, args, {
      cwd: cwd ?? this.#logs,
      env: { ...ENVIRONMENT, ...env, [MARK]: this.#mark },
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    // A program that is not there tells so by its exit, like one that falls.
    child.on("error", () => undefined);
    return child;
  }

  #logFile(name: string): string {
    return path.join(this.#logs, `${name}.log`);
  }

  /** Processes that carry the mark, whoever their parent is now. Only where there is a /proc. */
  #marked(): number[] {
    if (!existsSync("/proc")) return [];
    const needle = `${MARK}=${this.#mark}\0`;
    return readdirSync("/proc").flatMap((name) => {
      const pid = Number(name);
      return Number.isInteger(pid) && environmentOf(pid).includes(needle) ? [pid] : [];
    });
  }
}

/** Nobody's habits: compiled Python is kept, as it is where Python is not told otherwise. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:PYTHON|NODE_OPTIONS$)/.test(name)),
);

function environmentOf(pid: number): string {
  try {
    return `${readFileSync(`/proc/${pid}/environ`, "latin1")}\0`;
  } catch {
    return "";
  }
}

/** A process that has ended and is not collected yet counts as gone. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid !== undefined) signal(-pid, name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
