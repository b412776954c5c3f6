import type { AttemptPlace, RunId } from "@millrace/core";
import { labelOf } from "./labels.ts";
import type { World } from "./world.ts";

/** An attempt that has begun and not ended. */
export interface RunningAttempt {
  readonly run: RunId;
  readonly flow: string;
  /** As people write it: `airport[3]/load`. */
  readonly task: string;
  readonly sinceMs: number;
  readonly place: AttemptPlace;
}

/** What runs now, those that began first first. What waits for a worker is nowhere yet, and left out. */
export function runningNow({ attempts, ports: { executor } }: World): readonly RunningAttempt[] {
  const running: RunningAttempt[] = [];
  for (const [id, task] of attempts) {
    const place = executor.placeOf?.(id);
    if (place === undefined || task.attempt === null) continue;
    const { run, attempt } = task;
    running.push({
      run: run.id,
      flow: run.flow.spec.name,
      task: labelOf(run, task),
      sinceMs: attempt.startedAtMs,
      place,
    });
  }
  return running;
}
