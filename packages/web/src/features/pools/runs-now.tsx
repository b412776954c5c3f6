import type { RouteOutput } from "@millrace/contract";
import { Link } from "@tanstack/react-router";
import { Instant } from "../../ui/time.tsx";

type Running = NonNullable<RouteOutput<"listWorkers">["items"][number]["running"]>;

/** So many are named. */
const NAMED = 5;

/** What a process runs now, with the way to each. */
export function RunsNow({ running }: { readonly running: Running | null }) {
  if (running === null) return <span title="The server that is asked does not lead">not known here</span>;
  if (running.length === 0) return <span className="text-ink-3">nothing</span>;
  const more = running.length - NAMED;
  return (
    <ul>
      {running.slice(0, NAMED).map(({ run, flow, task, since }) => (
        <li key={`${run} ${task}`} className="flex flex-wrap gap-x-2">
          <Link to="/runs/$run/tasks/$task" params={{ run, task }} className="hover:text-accent">
            <span className="text-ink-2">{flow}</span> <span className="font-medium">{task}</span>
          </Link>
          <span className="text-2xs leading-5 text-ink-2">
            since <Instant at={since} relative />
          </span>
        </li>
      ))}
      {more > 0 ? <li className="text-2xs text-ink-2">and {more} more</li> : null}
    </ul>
  );
}
