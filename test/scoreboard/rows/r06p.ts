import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import type { RunId } from "@millrace/core";
import { readJournal } from "../../durability/journal.ts";
import { seconds, until } from "../real/measure.ts";
import { RowProject, type Work } from "../real/row-project.ts";
import { ServerProcess } from "../real/server-process.ts";
import type { RowSetting, ScoreboardRow } from "../row.ts";

/**
 * The first attempt of each task talks on, and every other one comes to its end while nobody listens; the next attempt
 * returns at once. How much was said is in files, and which attempt was heard in the output.
 */
const TALK = `import { flow, task } from "millrace";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { z } from "zod";
const list = task("list", ({ to }: { to: number }) => Array.from({ length: to }, (_, n) => n));
const talk = task("talk", async ({ folder, n }: { folder: string; n: number }) => {
  const said = \`\${folder}/said-\${n}\`;
  if (existsSync(said)) return "second";
  writeFileSync(said, "");
  await new Promise<void>((resolve) => {
    let line = 0;
    const timer = setInterval(() => {
      line += 1;
      process.stdout.write(\`line \${line}\\n\`);
      appendFileSync(said, ".");
      if (n % 2 === 0 || !existsSync(\`\${folder}/frozen\`)) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  return "first";
});
const params = z.object({ to: z.number(), folder: z.string() });
export default flow("talks", { params }, ({ params: { to, folder } }) => {
  talk.each(list({ to }), (n) => ({ folder, n }));
});
`;
const WORKERS = 4;
const CONFIG = `import { defineConfig } from "millrace";\nexport default defineConfig({ workers: ${WORKERS} });\n`;
/** Several times as long as a server must be silent to lose its attempts. */
const TAKEN_OVER_MS = 40_000;
const DEAD_WITHIN_MS = 20_000;

interface Round {
  /** Writes that came too late: outcomes, outputs, lines of logs. */
  readonly stale: number;
  readonly accepted: readonly string[];
  readonly ms: number;
}

export const row: ScoreboardRow = {
  id: "R6p",
  title: "R6 on real processes: a leader is frozen with SIGSTOP, and thawed after another took its place",
  goal: "0 of 10,000 stale writes accepted; logs of attempts that were given up get no more lines",
  stores: ["sqlite", "postgres"],
  limitMinutes: { sized: 2, full: 60 },
  async run(at) {
    const project = await RowProject.make(at, { "flows/talks.ts": TALK, "millrace.config.ts": CONFIG });
    try {
      const rounds: Round[] = [];
      let stale = 0;
      do {
        rounds.push(await freezeAndThaw(at, project, rounds.length));
        stale = rounds.reduce((sum, round) => sum + round.stale, 0);
      } while (at.full && stale < 10_000);
      // A lock of the operating system does not end by itself, so nobody looks whether it was taken away.
      const isLogFenced = at.store !== "sqlite";
      const accepted = rounds.flatMap((round) => round.accepted).filter((what) => isLogFenced || !isAboutLog(what));
      for (const what of accepted.slice(0, 20)) at.log(what);
      const slowest = Math.max(...rounds.map(({ ms }) => ms));
      return {
        figure: `${accepted.length} of ${stale} stale writes accepted (outcomes, outputs, lines of logs) in ${rounds.length} rounds; what a frozen server had was started elsewhere after ${seconds(slowest)}${isLogFenced ? "" : " (its lock was taken from it by hand; logs are not counted)"}`,
        reached: accepted.length === 0 && stale >= (at.full ? 10_000 : 100),
        details: { accepted: accepted.length, stale, rounds: rounds.length },
      };
    } finally {
      await project.close();
    }
  },
};

async function freezeAndThaw({ store }: RowSetting, project: RowProject, number: number): Promise<Round> {
  const folder = project.path(`round-${number}`);
  mkdirSync(folder);
  const frozen = await ServerProcess.start(project);
  const params = ["--param", `to=${WORKERS}`, "--param", `folder=${folder}`];
  const client = project.start(["run", "talks", ...params, "--json"]);
  await until("everybody talks", TAKEN_OVER_MS, () =>
    linesSaid(folder).every((said) => said > 50) ? true : undefined,
  );
  const other = await ServerProcess.start(project);
  frozen.signal("SIGSTOP");
  const frozenAt = performance.now();
  project.write(`round-${number}/frozen`, "");
  // A lock of the operating system is not lost by being frozen: somebody has to take it away.
  if (store === "sqlite") rmSync(project.path(".millrace/millrace.db-leader"));
  await until("every task was started elsewhere", TAKEN_OVER_MS, () =>
    startsUnder(project, other).length === WORKERS ? true : undefined,
  );
  const ms = performance.now() - frozenAt;
  const { code, records, stderr } = await client.ended;
  if (code !== 0) throw new Error(`the run ended with ${code}: ${stderr}`);
  const run = records.find((record) => record["run"] !== undefined)?.["run"] as RunId;
  const reader = await project.open({ role: "reader", versions: "stored" });
  const before = await booksOf(reader, run);
  frozen.signal("SIGCONT");
  const talkers = new Set(startsUnder(project, frozen).map(({ pid }) => pid));
  await until("the first attempts are dead", DEAD_WITHIN_MS, () =>
    project.processes().some(({ pid }) => talkers.has(pid)) ? undefined : true,
  );
  const problems = [...(await frozen.stop()), ...(await other.stop())];
  if (problems.length > 0) throw new Error(problems.join("; "));
  const after = await booksOf(reader, run);
  const said = linesSaid(folder).reduce((sum, lines) => sum + lines, 0);
  // Each that came to its end reported a state and an output.
  const outcomes = Math.floor(WORKERS / 2);
  return { stale: said - before.lines + 2 * outcomes, accepted: differences(before, after), ms };
}

/** How many lines the first attempt of each task has written. */
function linesSaid(folder: string): number[] {
  return Array.from({ length: WORKERS }, (_, n) => {
    const file = `${folder}/said-${n}`;
    return existsSync(file) ? statSync(file).size : 0;
  });
}

function startsUnder(project: RowProject, { pid }: ServerProcess): ReturnType<typeof readJournal> {
  const isStart = (what: string, key: string): boolean => what === "start" && key.includes(" talk[");
  return readJournal(project.journal).filter(({ what, key, server }) => isStart(what, key) && server === pid);
}

function isAboutLog(difference: string): boolean {
  return difference.startsWith("the log ");
}

/** All that a stale write could change. */
interface Books {
  /** By what it is, as text. */
  readonly entries: ReadonlyMap<string, string>;
  /** In the logs of attempts that were given up. */
  readonly lines: number;
}

async function booksOf(work: Work, run: RunId): Promise<Books> {
  const { logs, store } = work.runtime;
  const { history } = store;
  const entries = new Map<string, string>();
  let lines = 0;
  for (const row of await history.listTaskRuns(run))
    entries.set(`task run ${row.node} ${row.item}`, JSON.stringify(row));
  for (const row of await history.listAttempts(run)) {
    const page = await logs.read({ run, attempt: row.id, from: 0, limit: 1_000_000 });
    if (row.state === "lost") lines += page.lines.length;
    entries.set(`attempt ${row.id}`, JSON.stringify(row));
    entries.set(`the log of attempt ${row.id}`, `${page.lines.length} lines`);
  }
  for (const event of await history.listEvents(run, 0, 10_000))
    entries.set(`event ${event.seq}`, JSON.stringify(event));
  entries.set("outputs", JSON.stringify(await work.outputs(run)));
  return { entries, lines };
}

function differences(before: Books, after: Books): string[] {
  const names = new Set([...before.entries.keys(), ...after.entries.keys()]);
  return [...names].flatMap((name) => {
    const [was, is] = [before.entries.get(name), after.entries.get(name)];
    return was === is ? [] : [`${name} was ${was}, and is ${is}`];
  });
}
