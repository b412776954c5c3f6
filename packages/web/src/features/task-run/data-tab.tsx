import type { Run, TaskDetails, TaskRun } from "../../api/shapes.ts";
import { JsonView } from "../../ui/json-view.tsx";
import { Panel } from "../../ui/panel.tsx";
import { OutputPanel } from "./output-panel.tsx";
import { ReportsPanel } from "./reports-panel.tsx";
import { TaskLink } from "./task-link.tsx";

type Input = TaskDetails["inputs"][number];

/** What the task was given, each part with where it comes from, and what it gave. */
export function DataTab({
  run,
  row,
  details,
}: {
  readonly run: Run;
  readonly row: TaskRun | undefined;
  readonly details: TaskDetails;
}) {
  const { inputs } = details;
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto max-lg:overflow-visible">
      <Panel title="Inputs">
        {inputs.length === 0 ? (
          <p className="p-3 text-ink-2">It takes none.</p>
        ) : (
          <ul>
            {inputs.map((input) => (
              <li
                key={input.path}
                className="grid grid-cols-[minmax(8rem,14rem)_1fr] gap-x-4 gap-y-1 border-b border-line px-3 py-2 last:border-b-0 max-sm:grid-cols-1"
              >
                <div className="min-w-0">
                  <p className="truncate font-mono text-xs font-medium">{input.path === "" ? "input" : input.path}</p>
                  <p className="truncate text-2xs text-ink-2">
                    <Source run={run.id} input={input} />
                  </p>
                </div>
                <div className="min-w-0">
                  <Value run={run.id} input={input} />
                </div>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {row?.state === "success" ? (
        <OutputPanel run={run} row={row} />
      ) : (
        <Panel title="Output">
          <p className="p-3 text-ink-2">
            {row?.endedAt == null ? "It comes when the task succeeds." : "It gave none."}
          </p>
        </Panel>
      )}
      {row === undefined ? null : <ReportsPanel run={run} task={row.task} />}
    </div>
  );
}

function Source({ run, input: { source, task, field } }: { readonly run: string; readonly input: Input }) {
  const what = field === "" ? "" : ` · ${field}`;
  switch (source) {
    case "task":
    case "outcomes":
      return (
        <>
          from <TaskLink run={run} task={task ?? ""} />
          {source === "outcomes" ? ": how each item ended" : what}
        </>
      );
    case "item":
      return task === null ? (
        <>the item{what}</>
      ) : (
        <>
          item of {<TaskLink run={run} task={task} />}
          {what}
        </>
      );
    case "index":
      return "which item it is, from 0";
    case "params":
      return `parameter${what}`;
    case "value":
      return "written in the flow";
  }
}

function Value({ run, input }: { readonly run: string; readonly input: Input }) {
  const { state, value, path, task, bytes } = input;
  const label = `Input ${path}`;
  if (state === "later") return <span className="text-ink-2">Not there yet</span>;
  if (state === "unknown") return <span className="text-ink-2">It cannot be shown here</span>;
  if (state === "given") return <JsonView value={value} label={label} />;
  return (
    <div className="flex flex-col gap-1">
      {value === null ? null : <JsonView value={value} label={label} />}
      <p className="text-2xs text-ink-2">
        {value === null ? "Too large to be shown" : "Only its beginning"}
        {bytes === null ? "" : `, ${sizeText(bytes)}`}
        {task === null ? null : (
          <>
            . All of it: <code className="font-mono">{`millrace output ${run} ${task}`}</code>
          </>
        )}
      </p>
    </div>
  );
}

function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
