import { ceilingFigures } from "./ceiling.ts";
import { fsyncFigure } from "./disk.ts";
import { EngineUnderTest } from "./engine-under-test.ts";
import { type Figure, median, say } from "./figures.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

const WIDTH = 10_000;
const ROUNDS = 7;

/** One flow of 10,000 tasks that do nothing, through the process pool. */
export async function wide(): Promise<readonly Figure[]> {
  return await wideOn({ goal: 6_000 });
}

/** The same, with state in SQLite or, at an address, in PostgreSQL; `goal` is in tasks a second. */
export async function wideOn(place: { postgresUrl?: string; goal: number }): Promise<readonly Figure[]> {
  const project = await makeProject(FLOWS.wide(WIDTH));
  const under = await EngineUnderTest.open(project.dir, 8, place.postgresUrl);
  await under.run("wide");
  const before = { ...under.counts };
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { ms } = await under.run("wide");
    rates.push(WIDTH / (ms / 1000));
    say(`round ${round + 1}: ${rates.at(-1)?.toFixed(0)} tasks a second`);
  }
  const tasks = ROUNDS * WIDTH;
  const per = (what: keyof typeof before): number => (under.counts[what] - before[what]) / tasks;
  await under.close();
  const scale = [fsyncFigure(project.dir), ...(await ceilingFigures(project.dir, place.postgresUrl))];
  await project.remove();
  const ceiling = scale.find((figure) => figure.name === "ceiling_tasks_per_s")?.value ?? Number.NaN;
  return [
    { name: "tasks_per_s", value: median(rates), unit: "1/s", goal: place.goal, better: "higher" },
    { name: "share_of_ceiling", value: median(rates) / ceiling, unit: "", goal: 0.5, better: "higher" },
    { name: "rows_per_task", value: per("rows"), unit: "rows", goal: null, better: "lower" },
    { name: "messages_per_task", value: per("messages"), unit: "messages", goal: null, better: "lower" },
    { name: "commits_per_task", value: per("commits"), unit: "commits", goal: null, better: "lower" },
    ...scale,
  ];
}
