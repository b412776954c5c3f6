import { Link } from "@tanstack/react-router";
import type { Run, RunProgress } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { StateMark } from "../../ui/state-badge.tsx";
import { runState } from "../../ui/states.ts";
import { Duration, useNow } from "../../ui/time.tsx";
import { durationText } from "../../ui/time-text.ts";
import { shortId } from "../runs/run-table.tsx";

const SHOWN = 8;

interface Props {
  readonly active: readonly Run[];
  /** By flow, how long its runs typically take. */
  readonly typical: ReadonlyMap<string, number>;
}

/** What runs now, how many of its tasks are over, and how much is left by what the last good runs of its flow took. */
export function Running({ active, typical }: Props) {
  const shown = active.slice(0, SHOWN);
  const isAny = shown.some(({ state }) => state === "running");
  const progress = useApi("listProgress", { query: { limit: SHOWN } }, { enabled: isAny }).data?.items ?? [];
  if (active.length === 0) return <p className="px-3 py-5 text-ink-2">Nothing runs at the moment.</p>;
  return (
    <ul>
      {shown.map((run) => (
        <li
          key={run.id}
          className="flex min-h-row items-center gap-2.5 border-b border-line px-3 py-cell last:border-b-0"
        >
          <StateMark state={runState(run)} />
          <div className="min-w-0 flex-1">
            <Link to="/runs/$run" params={{ run: run.id }} className="block truncate font-medium hover:text-accent">
              {run.flow} <span className="font-mono text-2xs font-normal text-ink-3">{shortId(run.id)}</span>
            </Link>
            {run.startedAt === null ? (
              <p className="text-2xs text-ink-2">Waits for its turn</p>
            ) : (
              <Progress
                startedMs={Date.parse(run.startedAt)}
                typical={typical.get(run.flow) ?? null}
                progress={progress.find((each) => each.run === run.id)}
              />
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

interface ProgressProps {
  readonly startedMs: number;
  readonly typical: number | null;
  readonly progress: RunProgress | undefined;
}

/** The bar is what is counted. Of time only what is known: a guess of little is worse than none. */
function Progress({ startedMs, typical, progress }: ProgressProps) {
  const left = useLeft(startedMs, typical);
  if (progress === undefined || progress.tasks === 0) return <p className="text-2xs text-ink-2">{left}</p>;
  const { done, tasks } = progress;
  return (
    <div className="flex items-center gap-2 text-2xs text-ink-2">
      <span aria-hidden="true" className="h-1 w-20 shrink-0 overflow-hidden rounded-full bg-sunken">
        <span className="block h-full bg-running" style={{ width: `${Math.round((100 * done) / tasks)}%` }} />
      </span>
      <span className="truncate">
        {done.toLocaleString("en")} of {tasks === 1 ? "1 task" : `${tasks.toLocaleString("en")} tasks`}
        {left === undefined ? "" : ` · ${left}`}
      </span>
    </div>
  );
}

function useLeft(startedMs: number, typical: number | null): string | undefined {
  const isKnown = typical !== null && typical >= 1_000;
  const now = useNow(isKnown);
  if (!isKnown) return undefined;
  const left = typical - (now - startedMs);
  return left < 0 ? `${durationText(-left)} over what is typical` : `about ${durationText(left)} left`;
}
