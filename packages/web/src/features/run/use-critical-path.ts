import { useMemo } from "react";
import type { FlowNode, Run, TaskRun } from "../../api/shapes.ts";
import { useNow } from "../../ui/time.tsx";
import { type CriticalPath, criticalPathOf } from "./critical-path.ts";

/** What decided how long a run took, or decides it until now; undefined where nobody asks. */
export function useCriticalPath(
  run: Run,
  nodes: readonly FlowNode[] | undefined,
  taskRuns: readonly TaskRun[],
): CriticalPath | undefined {
  const now = useNow(nodes !== undefined && run.endedAt === null);
  const endMs = run.endedAt === null ? now : Date.parse(run.endedAt);
  return useMemo(
    () => (nodes === undefined ? undefined : criticalPathOf(nodes, taskRuns, endMs)),
    [nodes, taskRuns, endMs],
  );
}
