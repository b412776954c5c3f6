/** Layers of fifty tasks, each of which takes from two of the layer before. */
const HUGE = 10_000;
export const WATCHED_TASKS = 20;

/** Flows that the bench of the pages adds to a seeded project: one to be looked at, one to be watched, and the load beside it. */
export const WEB_FLOWS = `import { flow, type Ref, task } from "millrace";

const step = task("step", ({ from }: { from: number[] }) => from.length);
const nothing = task("nothing", () => {});
const watched = task("watched", async (_: { after: number }) => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return 1;
});

export const huge = flow("web/huge", () => {
  let before: Ref<number>[] = [];
  for (let layer = 0; layer * 50 < ${HUGE}; layer += 1) {
    before = Array.from({ length: 50 }, (_, at) => {
      const from = before.length === 0 ? [] : [before[at], before[(at + 1) % before.length]];
      return step.named(\`layer-\${layer}-\${at}\`)({ from: from as Ref<number>[] });
    });
  }
});

export const load = flow("web/load", () => {
  nothing({});
});

export const seen = flow("web/watched", () => {
  let last = watched.named("part-0")({ after: 0 });
  for (let at = 1; at < ${WATCHED_TASKS}; at += 1) last = watched.named(\`part-\${at}\`)({ after: last });
});
`;
