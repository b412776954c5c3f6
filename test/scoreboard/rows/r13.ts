import type { TaskRunRow } from "@millrace/core";
import { seconds } from "../real/measure.ts";
import { RowProject, type Work } from "../real/row-project.ts";
import type { ScoreboardRow } from "../row.ts";

const POISONED = `import { flow, task } from "millrace";
import { z } from "zod";
const list = task("list", ({ to }: { to: number }) => Array.from({ length: to }, (_, n) => n));
const work = task("work", ({ n, every, seed }: { n: number; every: number; seed: number }) => {
  if ((n + seed) % every === 0) process.kill(process.pid, "SIGKILL");
  return n;
});
const params = z.object({ to: z.number(), every: z.number(), seed: z.number() });
export default flow("poisoned", { params }, ({ params: { to, every, seed } }) => {
  work.each(list({ to }), (n) => ({ n, every, seed }));
});
`;
const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({ workers: 8 });\n';
const CRASHES = 3;

export const row: ScoreboardRow = {
  id: "R13",
  title: "100 tasks that kill their worker among 10,000",
  goal: "each quarantined after 3 crashes; the others all done",
  stores: ["sqlite", "postgres"],
  async run(at) {
    const to = at.full ? 10_000 : 300;
    const poisons = at.full ? 100 : 5;
    const project = await RowProject.make(at, { "flows/poisoned.ts": POISONED, "millrace.config.ts": CONFIG });
    try {
      const work = await project.open();
      const begunAt = performance.now();
      const run = await work.begin("poisoned", { to, every: to / poisons, seed: at.seed });
      const { state } = await work.runtime.whenSettled(run);
      const ms = performance.now() - begunAt;
      const items = await work.taskRuns(run, "work[]");
      const attempts = await attemptsByItem(work, items);
      const isPoison = ({ item }: TaskRunRow): boolean => (Number(item) + at.seed) % (to / poisons) === 0;
      const quarantined = items.filter((one) => isPoison(one) && isQuarantined(one, attempts.get(one.item) ?? []));
      const done = items.filter((one) => !isPoison(one) && one.state === "success" && one.crashes === 0);
      return {
        figure: `${quarantined.length} of ${poisons} quarantined after ${CRASHES} crashes, ${done.length} of ${to - poisons} others done, in ${seconds(ms)}`,
        reached: state === "failed" && quarantined.length === poisons && done.length === to - poisons,
        details: { quarantined: quarantined.length, done: done.length, ms },
      };
    } finally {
      await project.close();
    }
  },
};

async function attemptsByItem(work: Work, [first]: readonly TaskRunRow[]): Promise<Map<string, string[]>> {
  const byItem = new Map<string, string[]>();
  if (first === undefined) return byItem;
  for (const { node, item, state } of await work.runtime.store.history.listAttempts(first.run)) {
    if (node === first.node) byItem.set(item, [...(byItem.get(item) ?? []), state]);
  }
  return byItem;
}

function isQuarantined({ state, crashes, error }: TaskRunRow, attempts: readonly string[]): boolean {
  const lost = attempts.filter((one) => one === "lost").length;
  return state === "failed" && error?.code === "POISON" && crashes === CRASHES && lost === attempts.length;
}
