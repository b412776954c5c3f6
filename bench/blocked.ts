import { chainHops } from "./chain.ts";
import { EngineUnderTest } from "./engine-under-test.ts";
import { type Figure, median, quantile, say } from "./figures.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

const BLOCKED = 100_000;
const ROUNDS = 30;

/** Hops of a chain alone, and with 100,000 ready tasks in front of it that wait for a pool without room. */
export async function blocked(): Promise<readonly Figure[]> {
  const project = await makeProject(FLOWS.blocked(BLOCKED));
  const under = await EngineUnderTest.open(project.dir);
  await chainHops(under, ROUNDS);
  const alone = await chainHops(under, ROUNDS);
  const waiting = Promise.withResolvers<void>();
  const end = under.onEvents((events) => {
    if (events.some(({ type }) => type === "task.expanded")) waiting.resolve();
  });
  // It never ends: the bench ends before.
  under.run("blocked").catch(() => {});
  await waiting.promise;
  while (under.waiting < BLOCKED) await under.run("chain");
  end();
  say(`${under.waiting} tasks wait`);
  const behind = await chainHops(under, ROUNDS);
  await under.close();
  await project.remove();
  return [
    { name: "hop_alone_p50_ms", value: median(alone), unit: "ms", goal: null, better: "lower" },
    { name: "hop_behind_blocked_p50_ms", value: median(behind), unit: "ms", goal: null, better: "lower" },
    { name: "hop_behind_blocked_p99_ms", value: quantile(behind, 0.99), unit: "ms", goal: null, better: "lower" },
    { name: "blocked_ratio", value: median(behind) / median(alone), unit: "", goal: 1.5, better: "lower" },
  ];
}
