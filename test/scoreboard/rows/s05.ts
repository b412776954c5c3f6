import { ServedProject } from "../../access/served-project.ts";
import { seeded } from "../../durability/seeded.ts";
import { tryTraversals } from "../../hardening/traversals.ts";
import type { ScoreboardRow } from "../row.ts";

export const row: ScoreboardRow = {
  id: "S5",
  title: "Paths that want out (dots, encodings, NUL, backslashes, whole paths) at each place that a file is found by",
  goal: "10,000 paths at each route that serves a file: 0 escapes",
  stores: ["sqlite"],
  async run({ full, seed, log }) {
    const project = await ServedProject.make();
    try {
      const { places, tried, escapes } = await tryTraversals(project, full ? 10_000 : 200, seeded(seed));
      for (const each of [...escapes, ...project.failures.map(String)].slice(0, 20)) log(each);
      return {
        figure: `${escapes.length} escapes with ${tried.toLocaleString("en")} paths at ${places} places`,
        reached: escapes.length === 0 && project.failures.length === 0,
        details: { tried, places, escapes: escapes.length },
      };
    } finally {
      await project.close();
    }
  },
};
