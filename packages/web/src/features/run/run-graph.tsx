import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../ui/notices.tsx";
import { GraphView } from "../graph/graph-view.tsx";
import { summariesOf } from "../graph/node-summary.ts";
import { SelectedTask } from "./selected-task.tsx";

interface Props {
  readonly run: Run;
  readonly taskRuns: readonly TaskRun[];
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
}

/** The graph of a run, as its version had it, with the state of each task; beside it the one that is selected. */
export function RunGraph({ run, taskRuns, selected, onSelect }: Props) {
  const navigate = useNavigate();
  const answer = useApi("getFlow", { params: { flow: run.flow }, query: { version: run.version } });
  const nodes = answer.data?.nodes;
  const summaries = useMemo(() => summariesOf(nodes ?? [], taskRuns), [nodes, taskRuns]);
  const place = nodes?.findIndex(({ id }) => id === selected) ?? -1;
  const own = taskRuns.filter((row) => row.node === place && row.hook === "");
  const open = (id: string): void => {
    const [only, ...others] = taskRuns.filter(({ node }) => nodes?.[node]?.id === id);
    if (only === undefined || others.length > 0) return;
    void navigate({ to: "/runs/$run/tasks/$task", params: { run: run.id, task: only.task } });
  };
  return (
    <Answered of={answer}>
      <div className="flex min-h-0 flex-1 gap-4 max-lg:flex-col">
        <div className="min-h-80 min-w-0 flex-1">
          <GraphView nodes={nodes ?? []} summaries={summaries} selected={selected} onSelect={onSelect} onOpen={open} />
        </div>
        {selected === undefined || place < 0 ? null : (
          <SelectedTask run={run} id={selected} rows={own} onClose={() => onSelect(undefined)} />
        )}
      </div>
    </Answered>
  );
}
