import { Link } from "@tanstack/react-router";
import type { Run, Trigger } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Icon } from "../../ui/icon.tsx";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { StateMark } from "../../ui/state-badge.tsx";
import { Instant } from "../../ui/time.tsx";
import { shortId } from "../runs/run-table.tsx";
import { WaitingForPerson } from "./waiting-for-person.tsx";

/** What failed longer ago than this is history, in milliseconds. */
const RECENT_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * What needs somebody: runs that failed and were not followed by a good one of the same flow, schedules that are paused
 * or fail, and approvals.
 */
export function Attention() {
  const failed = useApi("listRuns", { query: { state: "failed", limit: 50 } });
  const good = useApi("listRuns", { query: { state: ["success", "running", "queued"], limit: 200 } });
  const triggers = useApi("listTriggers").data?.items ?? [];
  const open = openFailures(failed.data?.items ?? [], good.data?.items ?? []);
  const troubled = triggers.filter(({ paused, failures }) => paused !== null || failures > 0);
  const running = (good.data?.items ?? []).filter(({ state }) => state === "running").slice(0, 20);
  return (
    <Panel title="Needs attention">
      <Answered of={failed} rows={2}>
        <ul>
          {running.map(({ id, flow }) => (
            <WaitingForPerson key={id} run={id} flow={flow} />
          ))}
          {open.map((run) => (
            <FailedRun key={run.id} run={run} />
          ))}
          {troubled.map((trigger) => (
            <Troubled key={`${trigger.flow} ${trigger.name}`} trigger={trigger} />
          ))}
          {open.length + troubled.length > 0 ? null : (
            <li className="flex items-center gap-2 px-3 py-3 text-ink-2 not-first:hidden">
              <Icon name="check" className="text-success" />
              Nothing failed that has not been put right since.
            </li>
          )}
        </ul>
      </Answered>
    </Panel>
  );
}

/** The newest failure of each flow, unless a later run of it is good, or may become so. */
function openFailures(failed: readonly Run[], others: readonly Run[]): readonly Run[] {
  const newest = new Map<string, Run>();
  for (const run of failed) {
    const known = newest.get(run.flow);
    if (known === undefined || known.createdAt < run.createdAt) newest.set(run.flow, run);
  }
  const oldest = new Date(Date.now() - RECENT_MS).toISOString();
  return [...newest.values()].filter(
    (run) =>
      run.createdAt > oldest && !others.some(({ flow, createdAt }) => flow === run.flow && createdAt > run.createdAt),
  );
}

const ROW = "flex items-center gap-2.5 border-b border-line px-3 py-2 last:border-b-0";

function FailedRun({ run }: { readonly run: Run }) {
  return (
    <li className={ROW}>
      <StateMark state="failed" />
      <div className="min-w-0 flex-1">
        <Link to="/runs/$run" params={{ run: run.id }} className="font-medium hover:text-accent">
          {run.flow} <span className="font-mono text-2xs font-normal text-ink-3">{shortId(run.id)}</span>
        </Link>
        <WhatFailed run={run} />
      </div>
      <span className="shrink-0 text-ink-2">
        <Instant at={run.endedAt ?? run.createdAt} relative />
      </span>
    </li>
  );
}

function Troubled({ trigger }: { readonly trigger: Trigger }) {
  const { flow, name, paused, failures, text } = trigger;
  return (
    <li className={ROW}>
      <Icon name={paused === null ? "blocked" : "pause"} size={14} className="text-blocked" />
      <div className="min-w-0 flex-1">
        <Link
          to="/flows/$flow"
          params={{ flow }}
          search={{ tab: "schedules" }}
          className="font-medium hover:text-accent"
        >
          {flow} <span className="font-normal text-ink-2">{name === "default" ? text : name}</span>
        </Link>
        <p className="truncate text-2xs text-ink-2">
          {paused === null
            ? `Its last ${failures === 1 ? "poll" : `${failures} polls`} failed.`
            : `Paused by ${paused.by}${paused.reason === null ? "" : `: ${paused.reason}`}`}
        </p>
      </div>
    </li>
  );
}

/** The first task that failed, with its error. */
function WhatFailed({ run }: { readonly run: Run }) {
  const failed = useApi("listTaskRuns", { params: { run: run.id }, query: { state: "failed", limit: 2 } }).data?.items;
  const [first, ...others] = failed ?? [];
  const text = first === undefined ? run.error?.message : `${first.task}: ${first.error?.message ?? "failed"}`;
  return (
    <p className="truncate text-2xs text-ink-2" title={text}>
      {first === undefined ? (
        (text ?? "\u00a0")
      ) : (
        <Link to="/runs/$run/tasks/$task" params={{ run: run.id, task: first.task }} className="hover:text-accent">
          {text}
        </Link>
      )}
      {others.length === 0 ? "" : " (and others)"}
    </p>
  );
}
