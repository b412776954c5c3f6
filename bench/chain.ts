import { ceilingFigures } from "./ceiling.ts";
import { fsyncFigure } from "./disk.ts";
import { EngineUnderTest } from "./engine-under-test.ts";
import { type Figure, median, quantile, say } from "./figures.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

const WARM_UP = 10;
const ROUNDS = 50;

/** Sequential small tasks, 3 and 40 of them: the hop is from the end of a handler to the start of the next. */
export async function chain(): Promise<readonly Figure[]> {
  return [...(await chainOf(3, ON_SQLITE)), ...(await chainOf(40, ON_SQLITE))];
}

/** What a chain is to reach, and where its state is kept: in SQLite without an address. */
export interface ChainPlace {
  readonly postgresUrl?: string;
  readonly hopGoalMs: number;
  readonly chain40GoalS: number;
}

const ON_SQLITE: ChainPlace = { hopGoalMs: 1.2, chain40GoalS: 0.06 };

export async function chainOf(length: number, place: ChainPlace): Promise<readonly Figure[]> {
  const project = await makeProject(FLOWS.chain(length));
  const under = await EngineUnderTest.open(project.dir, 8, place.postgresUrl);
  for (let round = 0; round < WARM_UP; round += 1) await under.run("chain");
  const before = { ...under.counts };
  const hops: number[] = [];
  const totals: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { run, ms } = await under.run("chain");
    totals.push(ms / 1000);
    hops.push(...hopsOf((await under.outputs(run, length)) as readonly Step[]));
  }
  const tasks = ROUNDS * length;
  const per = (what: keyof typeof before): number => (under.counts[what] - before[what]) / tasks;
  await under.close();
  say(`chain of ${length}: hop p50 ${median(hops).toFixed(2)} ms, whole ${(median(totals) * 1000).toFixed(1)} ms`);
  const scale =
    length === 40 ? [fsyncFigure(project.dir), ...(await ceilingFigures(project.dir, place.postgresUrl))] : [];
  await project.remove();
  if (length !== 40) return [{ name: "chain3_s", value: median(totals), unit: "s", goal: null, better: "lower" }];
  return [
    { name: "hop_p50_ms", value: median(hops), unit: "ms", goal: place.hopGoalMs, better: "lower" },
    { name: "hop_p99_ms", value: quantile(hops, 0.99), unit: "ms", goal: null, better: "lower" },
    { name: "chain40_s", value: median(totals), unit: "s", goal: place.chain40GoalS, better: "lower" },
    { name: "rows_per_hop", value: per("rows"), unit: "rows", goal: null, better: "lower" },
    { name: "messages_per_hop", value: per("messages"), unit: "messages", goal: null, better: "lower" },
    { name: "commits_per_hop", value: per("commits"), unit: "commits", goal: null, better: "lower" },
    ...scale,
  ];
}

/** Hops of so many chains of 40, one after the other. */
export async function chainHops(under: EngineUnderTest, rounds: number): Promise<readonly number[]> {
  const hops: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { run } = await under.run("chain");
    hops.push(...hopsOf((await under.outputs(run, 40)) as readonly Step[]));
  }
  return hops;
}

interface Step {
  readonly start: number;
  readonly end: number;
}

/** From the end of each handler to the start of the one after it. */
export function hopsOf(steps: readonly Step[]): readonly number[] {
  return steps.slice(1).map((step, at) => step.start - (steps[at] as Step).end);
}
