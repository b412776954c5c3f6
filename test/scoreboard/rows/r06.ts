import { withEmptyStore } from "../../simulation/open-empty-store.ts";
import { writeStale } from "../../simulation/stale-writes.ts";
import type { ScoreboardRow } from "../row.ts";

export const row: ScoreboardRow = {
  id: "R6",
  title: "Stale writes (state, output, data, ends, commits) about attempts that were given up, and by a former leader",
  goal: "10,000 of them: 0 accepted, each answered “gone”",
  stores: ["memory", "sqlite", "postgres"],
  async run(at) {
    const writes = at.full ? 10_000 : 2_000;
    const stale = await withEmptyStore(at, (store) => writeStale(store, { writes, seed: at.seed }));
    for (const [kind, count] of Object.entries(stale.byKind)) at.log(`${count} × ${kind}`);
    return {
      figure: `${stale.writes} stale writes: ${stale.accepted} accepted, ${stale.gone} answered “gone”`,
      reached: stale.accepted === 0 && stale.gone === stale.writes,
      details: { writes: stale.writes, accepted: stale.accepted, gone: stale.gone },
    };
  },
};
