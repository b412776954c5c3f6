import type { TaskTimes } from "../../api/shapes.ts";

/** Fewer runs say nothing of what is usual. */
const LEAST = 3;

export interface UsualTime {
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Of how many runs. */
  readonly runs: number;
}

/** Of the runs, those in which the task did its work: what is kept or cached has the times of another run. */
export function workedTimes(times: TaskTimes): TaskTimes {
  return times.filter(({ isReused }) => !isReused);
}

/** How long a task usually takes: of the runs in which it did its work and succeeded, without this one. */
export function usualTime(times: TaskTimes, run: string): UsualTime | undefined {
  const took = times
    .filter((each) => each.run !== run && each.state === "success" && !each.isReused)
    .flatMap(({ tookMs }) => tookMs ?? [])
    .sort((one, other) => one - other);
  if (took.length < LEAST) return undefined;
  return { medianMs: quantile(took, 0.5), p95Ms: quantile(took, 0.95), runs: took.length };
}

/** Of sorted numbers, the smallest that is not below so large a part of them. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
