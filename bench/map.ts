import { performance } from "node:perf_hooks";
import { hopsOf } from "./chain.ts";
import { EngineUnderTest } from "./engine-under-test.ts";
import { type Figure, quantile, say } from "./figures.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

const ITEMS = 100_000;

/** A map over 100,000 items: how long until all have begun to wait, and what chains beside it feel meanwhile. */
export async function map(): Promise<readonly Figure[]> {
  const project = await makeProject(FLOWS.map(ITEMS));
  const under = await EngineUnderTest.open(project.dir);
  await under.run("chain");
  const begun = performance.now();
  let expandedAt = Number.NaN;
  const end = under.onEvents((events) => {
    for (const event of events) if (event.type === "task.expanded") expandedAt = performance.now();
  });
  let isOver = false;
  const mapped = under.run("map").finally(() => {
    isOver = true;
  });
  const hops: number[] = [];
  while (!isOver) {
    const { run } = await under.run("chain");
    hops.push(...hopsOf((await under.outputs(run, 40)) as Parameters<typeof hopsOf>[0]));
  }
  const { ms } = await mapped;
  end();
  await under.close();
  await project.remove();
  say(`${ITEMS} items in ${(ms / 1000).toFixed(1)} s, ${hops.length} hops beside them`);
  return [
    { name: "map_expand_s", value: (expandedAt - begun) / 1000, unit: "s", goal: 5, better: "lower" },
    { name: "map_others_hop_p99_ms", value: quantile(hops, 0.99), unit: "ms", goal: 50, better: "lower" },
    { name: "map_total_s", value: ms / 1000, unit: "s", goal: null, better: "lower" },
  ];
}
