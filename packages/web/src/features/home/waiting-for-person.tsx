import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { StateMark } from "../../ui/state-badge.tsx";
import { Instant } from "../../ui/time.tsx";

/** Tasks of a run that wait for somebody to decide. */
export function WaitingForPerson({ run, flow }: { readonly run: string; readonly flow: string }) {
  const waiting = useApi("listTaskRuns", { params: { run }, query: { state: ["deferred", "awaiting_input"] } });
  return (waiting.data?.items ?? []).map(({ task, waitsFor, startedAt }) =>
    waitsFor?.kind !== "approval" ? null : (
      <li key={task} className="flex items-center gap-2.5 border-b border-line px-3 py-2 last:border-b-0">
        <StateMark state="awaiting_input" />
        <div className="min-w-0 flex-1">
          <Link to="/runs/$run/tasks/$task" params={{ run, task }} className="font-medium hover:text-accent">
            {flow} <span className="font-normal text-ink-2">{task}</span>
          </Link>
          <p className="truncate text-2xs text-ink-2">{waitsFor.message}</p>
        </div>
        <span className="shrink-0 text-ink-2">
          <Instant at={startedAt} relative />
        </span>
      </li>
    ),
  );
}
