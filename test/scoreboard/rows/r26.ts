import { countBranches } from "../../mutation/branches.ts";
import { judge } from "../../mutation/judge.ts";
import { findMutants } from "../../mutation/mutants.ts";
import { ALL_TESTS_MS, runMutants } from "../../mutation/run-mutants.ts";
import { sampleOf } from "../../mutation/sample.ts";
import { TARGETS, type Target } from "../../mutation/targets.ts";
import type { RowSetting, ScoreboardRow } from "../row.ts";

/** Mutants in the small size. */
const SAMPLE = 40;
/** In the small size the slow tests are left out: what only they kill counts as survived. */
const QUICK_TESTS_MS = [300];
const LEAST_KILLED = 0.9;

interface Figures {
  readonly killed: number;
  readonly tried: number;
  readonly unexplained: number;
  readonly stale: number;
}

export const row: ScoreboardRow = {
  id: "R26",
  title: "Mutants of the state machines and the scheduler's core, and the branches that their tests take",
  goal: "100 % of branches in core; ≥ 90 % of mutants killed in core, and with --full in the engine's services",
  stores: ["memory"],
  limitMinutes: { sized: 8, full: 180 },
  async run({ full, seed, log }) {
    const branches = await countBranches(["packages/core/test"], ["packages/core/src/**/*.ts"]);
    const figures = new Map<Target["name"], Figures>();
    for (const target of TARGETS) {
      if (full || target.name === "core") figures.set(target.name, await mutate(target, { full, seed, log }));
    }
    const all = [...figures.values()];
    const unexplained = all.reduce((sum, one) => sum + one.unexplained, 0);
    const stale = all.reduce((sum, one) => sum + one.stale, 0);
    const killed = [...figures].map(
      ([name, one]) => `${name}: ${percent(one.killed, one.tried)} of ${one.tried} mutants killed`,
    );
    return {
      figure: `${percent(branches.covered, branches.total)} of ${branches.total} branches; ${killed.join("; ")}`,
      reached:
        branches.covered === branches.total &&
        stale === 0 &&
        all.every((one) => one.killed / one.tried >= LEAST_KILLED),
      details: {
        branches: branches.total,
        branchesTaken: branches.covered,
        mutants: all.reduce((sum, one) => sum + one.tried, 0),
        killed: all.reduce((sum, one) => sum + one.killed, 0),
        unexplained,
        stale,
      },
    };
  },
};

async function mutate(
  target: Target,
  { full, seed, log }: Pick<RowSetting, "full" | "seed" | "log">,
): Promise<Figures> {
  const all = findMutants(target.files);
  const mutants = full ? all : sampleOf(all, SAMPLE, seed);
  const mutation = await runMutants({
    targets: target.files,
    tests: target.tests,
    mutants,
    passesMs: full ? ALL_TESTS_MS : QUICK_TESTS_MS,
    log,
  });
  const { unexplained, stale } = judge(all, mutants, mutation);
  for (const { file, line, key } of unexplained) log(`survived: ${file}:${line}  ${key}`);
  for (const line of stale) log(`stale in equivalents.ts: ${line}`);
  return {
    killed: mutation.killed.size,
    tried: mutants.length,
    unexplained: unexplained.length,
    stale: stale.length,
  };
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}
