import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Action } from "../../actions/registry.ts";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../ui/notices.tsx";
import { type GraphAddress, membersNamed } from "../graph/graph-address.ts";
import { GraphView } from "../graph/graph-view.tsx";
import { CriticalLine } from "./critical-line.tsx";
import { SelectedTask } from "./selected-task.tsx";
import { queuedOf } from "./task-rows.ts";
import { useCriticalPath } from "./use-critical-path.ts";
import { useWhy } from "./use-why.ts";

interface Props {
  readonly run: Run;
  /** Undefined until they have been read: the graph is there before. */
  readonly taskRuns: readonly TaskRun[] | undefined;
  readonly address: GraphAddress;
  readonly onChange: (change: GraphAddress) => void;
  /** What can be done about the task that is selected. */
  readonly actions: readonly Action[];
}

const NONE: readonly TaskRun[] = [];

/** The graph of a run, as its version had it, with the state of each task; beside it the one that is selected. */
export function RunGraph({ run, taskRuns = NONE, address, onChange, actions }: Props) {
  const navigate = useNavigate();
  const answer = useApi("getFlow", { params: { flow: run.flow }, query: { version: run.version } });
  const nodes = answer.data?.nodes;
  const path = useCriticalPath(run, address.path === undefined ? undefined : nodes, taskRuns);
  const critical = useMemo(() => path?.steps.flatMap(({ row }) => nodes?.[row.node]?.id ?? []), [path, nodes]);
  const why = useWhy(run);
  const queued = useMemo(() => queuedOf(taskRuns, run.startedAt === null ? [] : why), [taskRuns, why, run.startedAt]);
  const members = useMemo(() => new Set(membersNamed(nodes ?? [], address.task)), [nodes, address.task]);
  const own = useMemo(() => {
    const inside = taskRuns.filter(({ node, hook }) => hook === "" && members.has(node));
    const tasks = inside.filter(({ node }) => nodes?.[node]?.kind === "task");
    return tasks.length > 0 ? tasks : inside;
  }, [taskRuns, members, nodes]);
  const open = (id: string): void => {
    const [only, ...others] = taskRuns.filter(({ node }) => nodes?.[node]?.id === id);
    if (only === undefined || others.length > 0) return;
    void navigate({ to: "/runs/$run/tasks/$task", params: { run: run.id, task: only.task } });
  };
  return (
    <Answered of={answer}>
      {path === undefined ? null : <CriticalLine run={run} path={path} onSelect={(task) => onChange({ task })} />}
      <div className="flex min-h-0 flex-1 gap-4 max-lg:flex-col">
        <div className="min-h-80 min-w-0 flex-1">
          <GraphView
            nodes={nodes ?? []}
            taskRuns={taskRuns}
            queued={queued}
            critical={critical}
            address={address}
            onChange={onChange}
            onOpen={open}
          />
        </div>
        {address.task === undefined || members.size === 0 ? null : (
          <SelectedTask
            run={run}
            id={address.task}
            rows={own}
            actions={actions}
            onClose={() => onChange({ task: undefined })}
          />
        )}
      </div>
    </Answered>
  );
}
