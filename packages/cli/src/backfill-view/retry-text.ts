import { isMillraceError } from "@millrace/core";
import type { RetryPlan } from "@millrace/server";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";
import { sliceRunKey } from "./backfill-text.ts";

/** Runs are named one by one up to so many. */
const NAMED = 10;

/** What a retry would repeat, for people who decide about it. */
export function retryText(flow: string, plan: RetryPlan, style: Style): string[] {
  const { repeated, toCome, runs, atOnce, state } = plan;
  const parts = [
    ...(repeated === 0 ? [] : [`${countText(repeated, "run")} to repeat`]),
    ...(toCome === 0 ? [] : [`${countText(toCome, "run")} to make that ${toCome === 1 ? "was" : "were"} never made`]),
  ];
  const tasks = tasksOf(plan);
  return [
    `${style.bold(flow)}: ${parts.join(", ")}, ${atOnce} at once${state === "paused" ? ", when it is resumed" : ""}`,
    ...tasks.slice(0, NAMED).map(([task, count]) => `  ${task}${style.dim(`  in ${countText(count, "run")}`)}`),
    ...more(tasks.length, "task", style),
    ...runs.slice(0, NAMED).map(({ run, plan: of }) => {
      const said = isMillraceError(of) ? of.message : `${of.counts.run} run again, ${of.counts.reuse} kept`;
      return style.dim(`    ${sliceRunKey(run)}  ${run.id}  ${said}`);
    }),
    ...more(repeated, "run", style),
    `  ${plan.version === plan.formerVersion ? "with the code that it had" : `with the code as it is now, version ${plan.version.slice(0, 12)}`}`,
    style.dim("  nothing was started"),
  ];
}

export function retryRecord(backfill: string, plan: RetryPlan): Readonly<Record<string, unknown>> {
  const { version, formerVersion, state, atOnce, repeated, toCome, runs } = plan;
  return {
    type: "backfill.retry.plan",
    backfill,
    version,
    isSameVersion: version === formerVersion,
    state,
    maxActiveRuns: atOnce,
    repeated,
    toCome,
    tasks: Object.fromEntries(tasksOf(plan)),
    runs: runs.map(({ run, plan: of }) => ({
      key: sliceRunKey(run),
      run: run.id,
      ...(isMillraceError(of) ? { refused: of.message } : { counts: of.counts }),
    })),
  };
}

/** What runs again, and in how many of the runs that were looked at. */
function tasksOf({ runs }: RetryPlan): readonly (readonly [task: string, runs: number])[] {
  const counts = new Map<string, number>();
  for (const { plan } of runs) {
    if (isMillraceError(plan)) continue;
    for (const { task, does } of plan.tasks) if (does === "run") counts.set(task, (counts.get(task) ?? 0) + 1);
  }
  return [...counts];
}

function more(count: number, noun: string, style: Style): string[] {
  return count > NAMED ? [style.dim(`    and ${countText(count - NAMED, `more ${noun}`)}`)] : [];
}
