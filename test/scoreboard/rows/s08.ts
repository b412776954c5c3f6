import { playGuesses } from "../../access/password-guesses.ts";
import { ServedProject } from "../../access/served-project.ts";
import type { ScoreboardRow } from "../row.ts";

/** Those are compared, ten each, and each costs what a hash does. */
const ACCOUNTS = { sized: 4, full: 40 };

export const row: ScoreboardRow = {
  id: "S8",
  title: "Password guesses from many addresses at accounts that are there and that are not, also after a restart",
  goal: "10,000 guesses; at most 10 compared per account and 15 min; others unaffected",
  stores: ["sqlite"],
  async run({ full, log }) {
    const project = await ServedProject.make({ isDear: true, door: { trustsProxy: true } });
    try {
      const accounts = ACCOUNTS[full ? "full" : "sized"];
      const result = await playGuesses(project, full ? 10_000 : 2_000, accounts);
      const { guesses, mostCompared, broken, disturbed, slowestMs } = result;
      for (const each of disturbed.slice(0, 20)) log(each);
      const isReached = mostCompared <= 10 && broken === 0 && disturbed.length === 0 && project.failures.length === 0;
      return {
        figure: `at most ${mostCompared} of ${guesses.toLocaleString("en")} guesses compared per account, at ${accounts} accounts; ${broken} let in; others refused ${disturbed.length} times, their slowest login ${(slowestMs / 1_000).toFixed(2)} s`,
        reached: isReached,
        details: { guesses, mostCompared, broken, disturbed: disturbed.length, slowestMs },
      };
    } finally {
      await project.close();
    }
  },
};
