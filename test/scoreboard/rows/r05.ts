import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type JournalLine, readJournal } from "../../durability/journal.ts";
import { brokenInvariants, unfinishedBusiness, workAfterSuccess } from "../../durability/promises.ts";
import { seeded } from "../../durability/seeded.ts";
import { takeSnapshot } from "../../durability/snapshot.ts";
import { type PostgresServer, startPostgres } from "../../setup/embedded-postgres.ts";
import { DroppingProxy } from "../real/dropping-proxy.ts";
import { quantile } from "../real/measure.ts";
import { RowProject } from "../real/row-project.ts";
import { ServerProcess } from "../real/server-process.ts";
import type { RowSetting, ScoreboardRow } from "../row.ts";

/** Tasks that wait more than they compute: their number in a second is the same on any machine that is not overloaded. */
const STEADY = `import { flow, task } from "millrace";
import { z } from "zod";
const list = task("list", ({ to }: { to: number }) => Array.from({ length: to }, (_, n) => n));
const nap = task("nap", async ({ n }: { n: number }) => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return n;
});
export default flow("steady", { params: z.object({ to: z.number() }) }, ({ params: { to } }) => {
  nap.each(list({ to }), (n) => ({ n }));
});
`;
const WORKERS = 8;
const CONFIG = `import { defineConfig } from "millrace";\nexport default defineConfig({ workers: ${WORKERS} });\n`;
const PERIOD_MS = 5_000;
const BASELINE_MS = 2_500;
const DROPPED_SHARE = 0.05;
const GOAL_SHARE = 0.9;
const GOAL_MS = 5_000;
const WINDOW_MS = 1_000;
/** More than one worker can do in a second, so that there is load to the end. */
const TASKS_A_SECOND = WORKERS * 10;

export const row: ScoreboardRow = {
  id: "R5",
  title: "PostgreSQL killed every 5 s under load; 5 % of COMMIT answers dropped",
  goal: "0 lost, 0 duplicates, 0 process exits; 90 % of throughput within 5 s",
  stores: ["postgres"],
  limitMinutes: { sized: 2, full: 30 },
  async run(at) {
    const folder = mkdtempSync(path.join(tmpdir(), "killed-postgres-"));
    const postgres = await startPostgres(folder, { fsync: true });
    try {
      return await underLoad(at, postgres);
    } finally {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function underLoad(at: RowSetting, postgres: PostgresServer): ReturnType<ScoreboardRow["run"]> {
  const direct = await postgres.createDatabase("steady");
  const proxy = await DroppingProxy.start({ url: direct, share: DROPPED_SHARE, chance: seeded(at.seed) });
  const postgresUrl = async (): Promise<string> => proxy.url;
  const project = await RowProject.make(
    { ...at, postgresUrl },
    { "flows/steady.ts": STEADY, "millrace.config.ts": CONFIG },
  );
  try {
    const kills = at.full ? 60 : 2;
    const server = await ServerProcess.start(project);
    const to = Math.ceil(((BASELINE_MS + kills * PERIOD_MS) / 1_000) * TASKS_A_SECOND);
    const submitted = project.start(["run", "steady", "--param", `to=${to}`, "--json"]);
    const returns = await killAgainAndAgain(project, postgres, kills);
    const { code, stderr } = await submitted.ended;
    const problems = code === 0 ? [] : [`the command that waited for the run ended with ${code}: ${stderr}`];
    problems.push(...(await server.stop()));
    const snapshot = await takeSnapshot(direct);
    const journal = readJournal(project.journal);
    problems.push(...unfinishedBusiness(snapshot, journal), ...workAfterSuccess(snapshot, journal));
    problems.push(...brokenInvariants(snapshot));
    for (const problem of problems.slice(0, 20)) at.log(problem);
    return judge({ journal, returns, problems: problems.length, proxy, to });
  } finally {
    await project.close();
    await proxy.stop();
  }
}

/** Gives when the database was there again, each time, in milliseconds since the epoch. */
async function killAgainAndAgain(project: RowProject, postgres: PostgresServer, kills: number): Promise<number[]> {
  const returns: number[] = [];
  // Until there is work to measure.
  while (readJournal(project.journal).length < WORKERS * 2) await pause(50);
  await pause(BASELINE_MS);
  for (let kill = 0; kill < kills; kill += 1) {
    await postgres.kill();
    await postgres.start();
    returns.push(Date.now());
    await pause(PERIOD_MS);
  }
  return returns;
}

interface Outcome {
  readonly journal: readonly JournalLine[];
  readonly returns: readonly number[];
  readonly problems: number;
  readonly proxy: DroppingProxy;
  readonly to: number;
}

function judge({ journal, returns, problems, proxy, to }: Outcome): Awaited<ReturnType<ScoreboardRow["run"]>> {
  const ends = journal.filter(({ what, key }) => what === "end" && key.includes("nap")).map(({ atMs }) => atMs);
  const rateAt = (from: number): number => ends.filter((at) => at >= from && at < from + WINDOW_MS).length;
  const begunAt = ends[0] ?? 0;
  const baseline = quantile(
    Array.from({ length: BASELINE_MS / WINDOW_MS - 1 }, (_, second) => rateAt(begunAt + (second + 0.5) * WINDOW_MS)),
    0.5,
  );
  const recoveries = returns.map((returnedAt) => {
    for (let ms = 0; ms <= GOAL_MS; ms += 50) if (rateAt(returnedAt + ms) >= GOAL_SHARE * baseline) return ms;
    return Number.POSITIVE_INFINITY;
  });
  const slowest = Math.max(...recoveries);
  return {
    figure: `${problems} lost, doubled or ended in ${to} tasks; ${returns.length} kills of PostgreSQL, ${proxy.dropped} answers of ${proxy.dropped + proxy.answered} commits dropped; ${GOAL_SHARE * 100} % of ${baseline} tasks/s again ${slowest === Number.POSITIVE_INFINITY ? "not" : `${slowest} ms after`} the database was back`,
    reached: problems === 0 && slowest + WINDOW_MS <= GOAL_MS && proxy.dropped > 0,
    details: { problems, tasks: to, kills: returns.length, dropped: proxy.dropped, baseline, slowestMs: slowest },
  };
}
