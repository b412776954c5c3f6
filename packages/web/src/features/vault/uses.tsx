import type { RouteOutput } from "@millrace/contract";
import { Link } from "@tanstack/react-router";
import { Instant } from "../../ui/time.tsx";

type Use = RouteOutput<"listSecrets">["items"][number]["usedBy"][number];

/** So many are named. */
const NAMED = 4;

/** What is known to use something, and when it was read last. */
export function Uses({ uses, readAt = null }: { readonly uses: readonly Use[]; readonly readAt?: string | null }) {
  const more = uses.length - NAMED;
  return (
    <>
      {uses.length === 0 ? (
        <p className="text-ink-3" title="Names that tasks make up as they run are not known.">
          {readAt === null ? "nothing known" : "by a name made as it ran"}
        </p>
      ) : (
        <ul className="flex flex-wrap gap-x-2">
          {uses.slice(0, NAMED).map(({ kind, name, through, tasks }) => (
            <li key={`${kind} ${name} ${through}`}>
              {kind === "flow" ? (
                <Link to="/flows/$flow" params={{ flow: name }} className="hover:text-accent">
                  {name}
                </Link>
              ) : (
                <span>alert {name}</span>
              )}
              <TaskNames flow={name} tasks={tasks} />
              {through === null ? null : <span className="text-ink-2"> through {through}</span>}
            </li>
          ))}
          {more > 0 ? <li className="text-ink-2">and {more} more</li> : null}
        </ul>
      )}
      {readAt === null ? null : (
        <p className="text-2xs text-ink-2" title="As far as this server knows, since it was started">
          read <Instant at={readAt} relative />
        </p>
      )}
    </>
  );
}

/** The tasks of a flow that use it, in the words of its graph; each leads there. */
export function TaskNames({ flow, tasks }: { readonly flow: string; readonly tasks: readonly string[] }) {
  if (tasks.length === 0) return null;
  const more = tasks.length - NAMED;
  return (
    <span className="text-ink-2">
      {": "}
      {tasks.slice(0, NAMED).map((task, index) => (
        <span key={task}>
          {index === 0 ? "" : ", "}
          <Link to="/flows/$flow" params={{ flow }} search={{ tab: "graph", task }} className="hover:text-accent">
            {task}
          </Link>
        </span>
      ))}
      {more > 0 ? ` and ${more} more` : ""}
    </span>
  );
}
