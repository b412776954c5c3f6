import { Chance } from "../../simulation/chance.ts";
import { listBugs, type PlantedBug, type Played, SourceCopy } from "../../simulation/plant.ts";
import type { RowSetting, ScoreboardRow } from "../row.ts";

const LEAST_SHARE = 29 / 30;
/** In the small size, so many of the bugs are played, by chance, and all are planted. */
const SIZED_BUGS = 3;
const STEPS = { memory: 1_500_000, sqlite: 60_000 };
const LIMIT_MS = 240_000;

export const row: ScoreboardRow = {
  id: "R4",
  title: "Bugs planted in a copy of the sources, each looked for by the simulations of R1",
  goal: "at least 29 of 30 caught; every patch still fits",
  stores: ["memory"],
  limitMinutes: { sized: 4, full: 60 },
  async run({ full, seed, log }) {
    const bugs = listBugs();
    const chosen = full ? new Set(bugs) : chooseSome(bugs, seed);
    const copy = new SourceCopy();
    let [caught, unfit] = [0, 0];
    try {
      const healthy = await copy.play({ store: "memory", seed, steps: 10_000, limitMs: LIMIT_MS });
      if (healthy.wrong !== null || healthy.trouble !== null) {
        return { figure: `without a bug: ${healthy.wrong ?? healthy.trouble}`, reached: false };
      }
      for (const bug of bugs) {
        const found = await look(copy, bug, { seed, isPlayed: chosen.has(bug), log });
        if (found === "caught") caught += 1;
        if (found === "unfit") unfit += 1;
      }
    } finally {
      copy.remove();
    }
    return {
      figure: `${caught} of ${chosen.size} bugs caught; ${bugs.length - unfit} of ${bugs.length} patches fit`,
      reached: caught / chosen.size >= LEAST_SHARE && unfit === 0,
      details: { caught, played: chosen.size, planted: bugs.length, unfit },
    };
  },
};

function chooseSome(bugs: readonly PlantedBug[], seed: number): ReadonlySet<PlantedBug> {
  const chance = new Chance(seed);
  const chosen = new Set<PlantedBug>();
  while (chosen.size < Math.min(SIZED_BUGS, bugs.length)) chosen.add(chance.pick(bugs));
  return chosen;
}

interface Look extends Pick<RowSetting, "seed" | "log"> {
  readonly isPlayed: boolean;
}

async function look(
  copy: SourceCopy,
  bug: PlantedBug,
  { seed, isPlayed, log }: Look,
): Promise<"caught" | "missed" | "unfit" | "planted"> {
  try {
    await copy.plant(bug);
  } catch (error) {
    log(`${bug.name} does not fit: ${String(error).slice(0, 500)}`);
    return "unfit";
  }
  try {
    if (!isPlayed) return "planted";
    const { store } = bug;
    const played = await copy.play({ store, seed, steps: STEPS[store], limitMs: LIMIT_MS });
    log(`${bug.name}: ${verdict(played)}`);
    return played.wrong === null ? "missed" : "caught";
  } finally {
    await copy.uproot(bug);
  }
}

function verdict({ wrong, steps, trouble }: Played): string {
  if (wrong !== null) return `caught after ${steps} steps: ${wrong}`;
  return trouble === null ? `MISSED in ${steps} steps` : `MISSED: ${trouble}`;
}
