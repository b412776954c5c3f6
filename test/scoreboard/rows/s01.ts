import { playMatrix } from "../../access/access-matrix.ts";
import { ServedProject } from "../../access/served-project.ts";
import type { ScoreboardRow } from "../row.ts";

export const row: ScoreboardRow = {
  id: "S1",
  title:
    "Generated matrix: each route × nobody, four roles for everything, for the flow and for others, workers, and tokens that expired, were revoked or belong to somebody disabled",
  goal: "100 % of routes declared; 0 mismatches",
  stores: ["sqlite"],
  async run({ log }) {
    const project = await ServedProject.make();
    try {
      const { routes, callers, requests, mismatches } = await playMatrix(project);
      for (const each of mismatches.slice(0, 20)) log(JSON.stringify(each));
      return {
        figure: `${mismatches.length} mismatches in ${requests.toLocaleString("en")} requests: ${routes} routes × ${callers} callers (tokens of attempts: there are none)`,
        reached: mismatches.length === 0 && project.failures.length === 0,
        details: { mismatches: mismatches.length, requests, routes, callers },
      };
    } finally {
      await project.close();
    }
  },
};
