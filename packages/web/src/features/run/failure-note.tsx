import { Link } from "@tanstack/react-router";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { Icon } from "../../ui/icon.tsx";
import { failuresOf } from "./failure-causes.ts";

/** More are not named: the list of tasks has them all. */
const MOST = 4;

/** Why the run failed: the tasks that did, each with a way to its log. */
export function FailureNote({ run, taskRuns }: { readonly run: Run; readonly taskRuns: readonly TaskRun[] }) {
  const { causes: failed, effects } = failuresOf(taskRuns);
  return (
    <div className="mb-4 flex gap-2.5 rounded-lg bg-failed-soft px-3 py-2.5">
      <Icon name="cross" className="mt-0.5 text-failed" />
      <div className="min-w-0 flex-1">
        {failed.length === 0 ? (
          <p className="font-medium break-words">{run.error?.message ?? "The run failed."}</p>
        ) : null}
        <ul className="flex flex-col gap-1.5">
          {failed.slice(0, MOST).map(({ task, error }) => (
            <li key={task} className="min-w-0">
              <Link
                to="/runs/$run/tasks/$task"
                params={{ run: run.id, task }}
                className="font-medium underline decoration-line-strong underline-offset-2 hover:decoration-current"
              >
                {task}
              </Link>{" "}
              <span className="break-words">{error?.message}</span>
            </li>
          ))}
        </ul>
        {failed.length > MOST ? (
          <Link
            to="/runs/$run"
            params={{ run: run.id }}
            search={{ tab: "tasks", state: ["failed"] }}
            className="mt-1.5 inline-block text-ink-2 hover:text-ink"
          >
            and {failed.length - MOST} more
          </Link>
        ) : null}
        {effects.length === 0 ? null : (
          <p className="mt-1 break-words text-ink-2">
            With {failed.length === 1 ? "it" : "them"} failed {effects.slice(0, MOST).join(", ")}
            {effects.length > MOST ? ` and ${effects.length - MOST} more` : ""}.
          </p>
        )}
      </div>
    </div>
  );
}
