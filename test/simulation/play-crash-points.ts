import type { RowSetting } from "../scoreboard/row.ts";
import { Chance } from "./chance.ts";
import { CrashPoints, hookPostgres, hookSqlite, type PlannedPoint } from "./crash-points.ts";
import { simulate } from "./simulation.ts";

export interface CrashPointOptions extends Pick<RowSetting, "log" | "postgresUrl"> {
  readonly store: "sqlite" | "postgres";
  readonly seed: number;
  /** Plays so many of the points, by chance; undefined: every one. */
  readonly some?: number;
}

export interface CrashPointResult {
  /** How many there are: statements with what comes before and after their COMMIT, each failed and crashed, and effects. */
  readonly statements: number;
  readonly effects: number;
  readonly planned: number;
  readonly played: number;
  readonly wrong: readonly string[];
}

/**
 * Plays one undisturbed simulation to find its points, and then, for each of them, the same one with a failure or a crash
 * there.
 */
export async function playCrashPoints(options: CrashPointOptions): Promise<CrashPointResult> {
  const { seed, some, log } = options;
  const quiet = await play(options, undefined);
  if (quiet.wrong.length > 0) return { statements: 0, effects: 0, planned: 0, played: 0, wrong: quiet.wrong };
  const plans = quiet.points.points.flatMap(({ id, modes }) => modes.map((mode): PlannedPoint => ({ id, mode })));
  const chosen = some === undefined ? plans : chooseSome(plans, some, seed);
  const wrong: string[] = [];
  let played = 0;
  for (const plan of chosen) {
    const { points, wrong: found } = await play(options, plan);
    if (points.isReached) played += 1;
    else found.push("it was not there any more");
    for (const what of found) {
      log(`${plan.mode} at ${plan.id}: ${what}`);
      wrong.push(what);
    }
  }
  const effects = quiet.points.points.filter(({ modes }) => modes.length === 1).length;
  return { statements: quiet.points.points.length - effects, effects, planned: chosen.length, played, wrong };
}

async function play(
  { store, seed, postgresUrl }: CrashPointOptions,
  plan: PlannedPoint | undefined,
): Promise<{ points: CrashPoints; wrong: string[] }> {
  const points = new CrashPoints(plan);
  const unhook = store === "sqlite" ? hookSqlite(points) : hookPostgres(points);
  try {
    const url = store === "postgres" ? { url: await postgresUrl() } : {};
    const { wrong } = await simulate({ seed, store, points, ...url });
    return { points, wrong: [...wrong] };
  } finally {
    unhook();
  }
}

function chooseSome(plans: readonly PlannedPoint[], some: number, seed: number): readonly PlannedPoint[] {
  const chance = new Chance(seed);
  const chosen = new Set<PlannedPoint>();
  while (chosen.size < Math.min(some, plans.length)) chosen.add(chance.pick(plans));
  return [...chosen];
}
