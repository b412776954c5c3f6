import type { FlowCode } from "../../api/shapes.ts";
import { Icon } from "../../ui/icon.tsx";
import { StateMark } from "../../ui/state-badge.tsx";
import { placeOfTask } from "./places.ts";
import { useTaskStates } from "./use-task-states.ts";
import { plainTask } from "./versions.ts";

const ROW = "flex h-7 w-full items-center gap-2 px-3 text-left hover:bg-sunken max-lg:h-9";

/** The files of a flow, and its tasks with how they went last: both lead into the code. */
export function CodeSide({
  flow,
  code,
  file,
  task,
  onFile,
  onTask,
}: {
  readonly flow: string;
  readonly code: FlowCode;
  readonly file: string;
  readonly task: string | undefined;
  readonly onFile: (path: string) => void;
  readonly onTask: (id: string) => void;
}) {
  const states = useTaskStates(flow);
  return (
    <aside
      aria-label="Files and tasks"
      className="flex w-64 shrink-0 flex-col overflow-y-auto rounded-lg border border-line bg-surface max-lg:max-h-52 max-lg:w-full"
    >
      <h2 className="flex h-9 shrink-0 items-center border-b border-line px-3">Files</h2>
      <ul className="py-1">
        {code.files.map(({ path, leftOut, role }) => (
          <li key={path}>
            <button
              type="button"
              aria-current={path === file}
              title={path}
              onClick={() => onFile(path)}
              className={`${ROW} ${path === file ? "bg-accent-soft font-medium" : ""}`}
            >
              <Icon name={role === "flow" ? "flows" : "code"} size={13} className="text-ink-3" />
              <FileName path={path} />
              {leftOut === null ? null : <span className="ml-auto text-2xs text-ink-3">not kept</span>}
            </button>
          </li>
        ))}
      </ul>
      <h2 className="flex h-9 shrink-0 items-center border-y border-line px-3">Tasks</h2>
      <ul className="py-1">
        {code.tasks.map((each) => {
          const place = placeOfTask(each);
          return (
            <li key={each.id}>
              <button
                type="button"
                disabled={place === null}
                aria-current={each.id === task}
                title={place === null ? "Its place is not known" : `${place.file}:${place.line}`}
                onClick={() => onTask(each.id)}
                className={`${ROW} disabled:text-ink-3 ${each.id === task ? "bg-accent-soft font-medium" : ""}`}
              >
                <StateMark state={states.get(plainTask(each.id)) ?? "none"} />
                <span className="min-w-0 truncate">{each.id}</span>
                {place === null ? null : <span className="ml-auto text-2xs text-ink-3">{place.line}</span>}
              </button>
            </li>
          );
        })}
      </ul>
    </aside>
  );
}

/** The name stands out, and the folder is cut where there is no room. */
function FileName({ path }: { readonly path: string }) {
  const slash = path.lastIndexOf("/") + 1;
  return (
    <span className="flex min-w-0">
      <span className="truncate text-ink-3">{path.slice(0, slash)}</span>
      <span className="shrink-0">{path.slice(slash)}</span>
    </span>
  );
}
