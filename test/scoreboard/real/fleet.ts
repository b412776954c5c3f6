// Several servers on one project, whose leader is taken away again and again while there is always work.
import { readFileSync } from "node:fs";
import process from "node:process";
import type { RunId } from "@millrace/core";
import type { Command } from "../../durability/command.ts";
import { until } from "./measure.ts";
import type { RowProject, Work } from "./row-project.ts";

/** Every start of a task is a line of the journal, which is in no database: who started what, and when. */
const BUSY_FLOW = `import { flow, task } from "millrace";
import { appendFileSync } from "node:fs";
import { z } from "zod";
const list = task("list", ({ items }: { items: number }) => Array.from({ length: items }, (_, at) => at));
const beat = task("beat", { grace: "1s" }, async (_: { at: number }, { attempt, projectDir }) => {
  const at = Number(process.hrtime.bigint()) / 1e6;
  const line = { attempt: attempt.id, server: process.ppid, pid: process.pid, at };
  appendFileSync(projectDir + "/starts", JSON.stringify(line) + "\\n");
  await new Promise((resolve) => setTimeout(resolve, 25));
});
export default flow("busy", { params: z.object({ items: z.number() }) }, ({ params }) => {
  beat.each(list({ items: params.items }), (at) => ({ at }));
});
`;
const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({ workers: 4 });\n';
export const FLEET_FILES = { "flows/busy.ts": BUSY_FLOW, "millrace.config.ts": CONFIG };

/** A run has so many tasks; there are always some of them that nobody has begun. */
const ITEMS = 400;
const SOON_MS = 60_000;

interface Start {
  readonly attempt: number;
  readonly server: number;
  readonly pid: number;
  /** Milliseconds, on a clock that all processes of the machine share. */
  readonly at: number;
}

/** What the loss of one leader cost. */
export interface Loss {
  /** From the signal to the next task at work, started by another server; in milliseconds. */
  readonly ms: number;
}

class Member {
  readonly command: Command;
  /** The last word on its role. */
  role = "starting";
  #rest = "";

  constructor(command: Command) {
    this.command = command;
    command.child.stdout?.on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) {
        const type = /"type":"server\.(leading|standing_by|holding|stopped)"/.exec(line)?.[1];
        if (type !== undefined) this.role = type;
      }
    });
  }

  get pid(): number {
    return this.command.child.pid ?? 0;
  }
}

export class Fleet {
  readonly #project: RowProject;
  readonly #work: Work;
  #members: Member[] = [];
  readonly #runs: RunId[] = [];

  private constructor(project: RowProject, work: Work) {
    this.#project = project;
    this.#work = work;
  }

  /** @param size how many servers there are at any time. */
  static async start(project: RowProject, size: number): Promise<Fleet> {
    // Brings the version up to date, so that servers start with what is stored.
    const build = await project.open({ role: "reader" });
    const fleet = new Fleet(project, build);
    for (let at = 0; at < size; at += 1) await fleet.#join();
    await fleet.#keepBusy();
    return fleet;
  }

  /** Takes the leader away, waits for the next task, and puts another server in its place. */
  async loseLeader(signal: NodeJS.Signals): Promise<Loss> {
    const leader = this.#leader();
    await this.#keepBusy();
    const at = now();
    process.kill(leader.pid, signal);
    const next = await until("a task of the next leader", SOON_MS, () =>
      this.#starts().find((start) => start.at > at && start.server !== leader.pid),
    );
    await leader.command.ended;
    this.#members = this.#members.filter((member) => member !== leader);
    await this.#join();
    return { ms: next.at - at };
  }

  /** Waits until all is done. Gives what went wrong. */
  async finish(): Promise<string[]> {
    const problems: string[] = [];
    for (const run of this.#runs) {
      const { state } = await this.#work.runtime.whenSettled(run);
      if (state !== "success") problems.push(`run ${run} is ${state}`);
    }
    for (const { command } of this.#members) command.child.kill("SIGTERM");
    for (const { command } of this.#members) {
      const { code, stderr } = await command.ended;
      if (code !== 0) problems.push(`a server left with ${code}: ${stderr.slice(-1_000)}`);
    }
    return problems;
  }

  /** How many attempts were started more than once: none, whatever became of leaders. */
  get doubles(): number {
    const starts = this.#starts();
    return starts.length - new Set(starts.map(({ attempt }) => attempt)).size;
  }

  get attempts(): number {
    return this.#starts().length;
  }

  async #join(): Promise<void> {
    const member = new Member(this.#project.start(["server", "--stored", "--json"]));
    this.#members.push(member);
    await until("a server that stands by or leads", SOON_MS, () =>
      member.role === "starting" ? undefined : member.role,
    );
  }

  #leader(): Member {
    const leader = this.#members.find(({ role }) => role === "leading");
    if (leader === undefined) throw new Error("no server says that it leads");
    return leader;
  }

  /** Work for a while: more than servers do before the next one dies. */
  async #keepBusy(): Promise<void> {
    const begun = this.#starts().length;
    while (this.#runs.length * ITEMS < begun + 2 * ITEMS) {
      this.#runs.push(await this.#work.begin("busy", { items: ITEMS }));
    }
    await until("a task at work", SOON_MS, () => this.#starts()[0]);
  }

  #starts(): Start[] {
    try {
      const lines = readFileSync(this.#project.path("starts"), "utf8").split("\n");
      return lines.slice(0, -1).map((line) => JSON.parse(line) as Start);
    } catch {
      return [];
    }
  }
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
