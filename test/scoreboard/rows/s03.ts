import { ServedProject } from "../../access/served-project.ts";
import { playAbuses } from "../../access/token-abuses.ts";
import { seeded } from "../../durability/seeded.ts";
import type { ScoreboardRow } from "../row.ts";

export const row: ScoreboardRow = {
  id: "S3",
  title: "Token abuses: changed, cut, made up, expired, revoked, of another kind, hashed, encoded, in another place",
  goal: "10,000 abuses; 0 accepted",
  stores: ["sqlite"],
  async run({ full, seed, log }) {
    const chance = seeded(seed);
    const project = await ServedProject.make();
    try {
      const { tried, accepted } = await playAbuses(project, full ? 10_000 : 3_000, () => chance.next());
      for (const each of accepted.slice(0, 20)) log(each);
      return {
        figure: `${accepted.length} of ${tried.toLocaleString("en")} abuses accepted`,
        reached: accepted.length === 0 && project.failures.length === 0,
        details: { accepted: accepted.length, tried },
      };
    } finally {
      await project.close();
    }
  },
};
