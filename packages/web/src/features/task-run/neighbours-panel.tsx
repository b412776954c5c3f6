import type { TaskDetails } from "../../api/shapes.ts";
import { Icon } from "../../ui/icon.tsx";
import { Panel } from "../../ui/panel.tsx";
import { StateMark } from "../../ui/state-badge.tsx";
import { TaskLink } from "./task-link.tsx";

type Neighbours = TaskDetails["upstream"];

/** What the task waits for, and what waits for it. */
export function NeighboursPanel({ run, details }: { readonly run: string; readonly details: TaskDetails }) {
  const { upstream, downstream } = details;
  if (upstream.length + downstream.length === 0) return null;
  return (
    <Panel title="Around it">
      <div className="flex flex-col gap-3 p-3">
        <Side run={run} title="Comes after" tasks={upstream} />
        <Side run={run} title="Comes before" tasks={downstream} />
      </div>
    </Panel>
  );
}

function Side({ run, title, tasks }: { readonly run: string; readonly title: string; readonly tasks: Neighbours }) {
  if (tasks.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 text-2xs text-ink-3">{title}</h3>
      <ul className="flex flex-col gap-0.5">
        {tasks.map(({ task, state, isAround }) => (
          <li key={task}>
            <TaskLink run={run} task={task} className="flex min-w-0 items-center gap-2 rounded-sm hover:text-accent">
              {isAround ? (
                <Icon name="flows" size={14} className="shrink-0 text-ink-3" />
              ) : (
                <StateMark state={state ?? "none"} />
              )}
              <span className="truncate">{task}</span>
              {isAround ? <span className="shrink-0 text-2xs text-ink-3">holds this task</span> : null}
            </TaskLink>
          </li>
        ))}
      </ul>
    </div>
  );
}
