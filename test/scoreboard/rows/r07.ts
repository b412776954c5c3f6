import { FLEET_FILES, Fleet } from "../real/fleet.ts";
import { largest, quantile, seconds } from "../real/measure.ts";
import { RowProject } from "../real/row-project.ts";
import type { ScoreboardRow } from "../row.ts";

const SERVERS = 3;
const P99_MS = 5_000;
const MAX_MS = 10_000;

export const row: ScoreboardRow = {
  id: "R7",
  title: "leader killed again and again, three servers on PostgreSQL",
  goal: "next dispatch p99 at most 5 s, max at most 10 s; 0 attempts started twice",
  stores: ["postgres"],
  limitMinutes: { sized: 3, full: 60 },
  async run(at) {
    const project = await RowProject.make(at, FLEET_FILES);
    try {
      const fleet = await Fleet.start(project, SERVERS);
      const times: number[] = [];
      for (let kills = 0; kills < (at.full ? 200 : 2); kills += 1) {
        const { ms } = await fleet.loseLeader("SIGKILL");
        at.log(`${kills + 1}: ${seconds(ms)} to the next task`);
        times.push(ms);
      }
      const problems = await fleet.finish();
      for (const problem of problems) at.log(problem);
      const { attempts, doubles } = fleet;
      const [p50, p99, max] = [quantile(times, 0.5), quantile(times, 0.99), largest(times)];
      const figure = `${times.length} kills: next dispatch ${seconds(p50)} p50, ${seconds(p99)} p99, ${seconds(max)} max; ${doubles} of ${attempts} attempts started twice; ${problems.length} other problems`;
      return {
        figure,
        reached: p99 <= P99_MS && max <= MAX_MS && doubles === 0 && problems.length === 0,
        details: { p50Ms: p50, p99Ms: p99, maxMs: max, kills: times.length, attempts, doubles },
      };
    } finally {
      await project.close();
    }
  },
};
