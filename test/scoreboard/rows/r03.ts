import { readJournal } from "../../durability/journal.ts";
import { untilNone } from "../../durability/processes.ts";
import {
  brokenInvariants,
  lostAcknowledgements,
  overlappingServers,
  unfinishedBusiness,
  workAfterSuccess,
} from "../../durability/promises.ts";
import { seeded } from "../../durability/seeded.ts";
import { takeSnapshot } from "../../durability/snapshot.ts";
import { millFiles } from "../../durability/trial.ts";
import { largest, quantile, seconds } from "../real/measure.ts";
import { RowProject } from "../real/row-project.ts";
import { recoveryTimes, Spree } from "../real/spree.ts";
import type { RowSetting, ScoreboardRow } from "../row.ts";

/** With what stands beside the map, a thousand task runs. */
const ITEMS = 900;
const LEFT_WITHIN_MS = 1_000;
const P50_MS = 2_000;
const MAX_MS = 10_000;

export const row: ScoreboardRow = {
  id: "R3",
  title: "10,000-task mixed run, 500 random `kill -9` of server, supervisors, task processes",
  goal: "0 lost, 0 duplicate successes, 0 stuck, 0 leaked processes or slots; recovery p50 < 2 s, max < 10 s",
  stores: ["sqlite", "postgres"],
  async run(at) {
    const project = await RowProject.make(at, millFiles(4));
    try {
      const spree = new Spree({
        project,
        chance: seeded(at.seed),
        kills: at.full ? 500 : 12,
        runs: at.full ? 10 : 1,
        runArgs: ["run", "mill", "--param", `items=${ITEMS}`],
      });
      await spree.run();
      const left = await untilNone(project.id, LEFT_WITHIN_MS);
      const problems = [...spree.problems, ...left.map(({ role, pid }) => `${role} ${pid} is left`)];
      const { tasks, wrong } = await judge(project, spree);
      problems.push(...wrong);
      for (const problem of problems.slice(0, 20)) at.log(problem);
      return figures(at, spree, { tasks, problems: problems.length });
    } finally {
      await project.close();
    }
  },
};

async function judge(project: RowProject, { records }: Spree): Promise<{ tasks: number; wrong: string[] }> {
  const snapshot = await takeSnapshot(project.database);
  const journal = readJournal(project.journal);
  const wrong = [
    ...lostAcknowledgements(records, snapshot),
    ...unfinishedBusiness(snapshot, journal),
    ...brokenInvariants(snapshot),
    ...workAfterSuccess(snapshot, journal),
    ...overlappingServers(journal),
  ];
  return { tasks: snapshot.runs.reduce((sum, run) => sum + run.taskRuns.length, 0), wrong };
}

function figures(
  { full }: RowSetting,
  { kills, guardianMs, journal }: Spree,
  { tasks, problems }: { tasks: number; problems: number },
): Awaited<ReturnType<ScoreboardRow["run"]>> {
  const times = [...recoveryTimes(kills, journal), ...guardianMs];
  const [p50, max] = [quantile(times, 0.5), largest(times)];
  const servers = recoveryTimes(kills, journal, "server");
  const count = (victim: string): number => kills.filter((kill) => kill.victim === victim).length;
  return {
    figure: `${problems} lost, doubled, stuck or leaked in ${tasks} tasks; ${kills.length} kills (${count("server")} servers, ${count("guardian")} guardians, ${count("worker")} workers); recovery ${seconds(p50)} p50 (servers ${seconds(quantile(servers, 0.5))}), ${seconds(max)} max of ${times.length}`,
    reached: problems === 0 && p50 < P50_MS && max < MAX_MS && tasks >= (full ? 10_000 : 1_000),
    details: { problems, tasks, kills: kills.length, p50Ms: p50, maxMs: max },
  };
}
