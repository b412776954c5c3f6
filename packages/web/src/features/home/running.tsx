import { Link } from "@tanstack/react-router";
import type { Run } from "../../api/shapes.ts";
import { StateMark } from "../../ui/state-badge.tsx";
import { runState } from "../../ui/states.ts";
import { Duration, useNow } from "../../ui/time.tsx";
import { durationText } from "../../ui/time-text.ts";
import { shortId } from "../runs/run-table.tsx";
import { typicalMs } from "./needs.ts";

/** What runs now, with how far it is by what the last good runs of its flow took. */
export function Running({ active, runs }: { readonly active: readonly Run[]; readonly runs: readonly Run[] }) {
  if (active.length === 0) return <p className="px-3 py-5 text-ink-2">Nothing runs at the moment.</p>;
  return (
    <ul>
      {active.slice(0, 8).map((run) => (
        <li key={run.id} className="flex min-h-9 items-center gap-2.5 border-b border-line px-3 py-1.5 last:border-b-0">
          <StateMark state={runState(run)} />
          <div className="min-w-0 flex-1">
            <Link to="/runs/$run" params={{ run: run.id }} className="block truncate font-medium hover:text-accent">
              {run.flow} <span className="font-mono text-2xs font-normal text-ink-3">{shortId(run.id)}</span>
            </Link>
            {run.startedAt === null ? (
              <p className="text-2xs text-ink-2">Waits for its turn</p>
            ) : (
              <Progress startedMs={Date.parse(run.startedAt)} typical={typicalMs(run.flow, runs)} />
            )}
          </div>
          <span className="shrink-0 text-ink-2">
            <Duration from={run.startedAt ?? run.createdAt} to={null} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Nothing where too little is known: a bar that guesses is worse than none. */
function Progress({ startedMs, typical }: { readonly startedMs: number; readonly typical: number | null }) {
  const now = useNow();
  if (typical === null || typical < 1_000) return null;
  const left = typical - (now - startedMs);
  const share = Math.min(1, Math.max(0, (now - startedMs) / typical));
  return (
    <div className="flex items-center gap-2 text-2xs text-ink-2">
      <span className="h-1 w-24 overflow-hidden rounded-full bg-sunken">
        <span
          className={`block h-full ${left < 0 ? "bg-blocked" : "bg-running"}`}
          style={{ width: `${Math.round(share * 100)}%` }}
        />
      </span>
      {left < 0 ? `${durationText(-left)} over what is typical` : `about ${durationText(left)} left`}
    </div>
  );
}
