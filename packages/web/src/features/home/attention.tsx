import { Link } from "@tanstack/react-router";
import type { FlowRuns, Run, Trigger } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { OfFlow } from "../../app/flow-zone.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Panel } from "../../ui/panel.tsx";
import { StateMark } from "../../ui/state-badge.tsx";
import { Instant, useMinute } from "../../ui/time.tsx";
import { agoText, durationText } from "../../ui/time-text.ts";
import { type Asked, askedId } from "../approvals/use-waiting.ts";
import { shortId } from "../runs/run-table.tsx";
import type { Counts } from "./day.ts";
import { FailedRun } from "./failed-run.tsx";
import { Need } from "./need.tsx";
import { lateTriggers, longRuns, openFailures, typicalTimes } from "./needs.ts";
import { TroubledTrigger } from "./troubled-trigger.tsx";

interface Known {
  /** How the newest runs of each flow went. */
  readonly flows: readonly FlowRuns[];
  readonly active: readonly Run[];
  readonly triggers: readonly Trigger[];
  /** What became of the runs of the last day. */
  readonly day: Counts;
}

/** More failed flows than these are counted. */
const MOST_FAILED = 10;

/**
 * What needs somebody: decisions, runs that failed and were not followed by a good one of the same flow, runs that take
 * far too long, schedules that are late, paused or failing, and messages that nobody got.
 */
export function Attention({ flows, active, triggers, day }: Known) {
  const now = useMinute();
  const asked = useApi("listApprovals", { query: { which: "waiting", limit: 99 } }).data?.items ?? [];
  const project = useApi("getProject").data;
  const unsent = useUnsent();
  // They stand above, with their places; all is not well as long as they do.
  const isBroken = useApi("listBuildErrors").data?.items.some(({ severity }) => severity === "error") === true;
  const open = openFailures(flows, now);
  const late = new Set(lateTriggers(triggers, now));
  const troubled = triggers.filter((each) => each.paused !== null || each.failures > 0 || late.has(each));
  const typical = typicalTimes(flows);
  const long = longRuns(active, typical, now);
  const isLeaderless = project !== undefined && project.leader === null;
  const count =
    asked.length + open.length + troubled.length + long.length + (isLeaderless ? 1 : 0) + (unsent > 0 ? 1 : 0);
  return (
    <Panel title="Needs attention" aside={count === 0 ? undefined : <span className="text-ink-2">{count}</span>}>
      {count === 0 ? <AllWell isBroken={isBroken} good={day.success} triggers={triggers} now={now} /> : null}
      <ul>
        {isLeaderless ? <Leaderless /> : null}
        {asked.map((each) => (
          <OfFlow key={askedId(each)} flow={each.flow}>
            <Decision asked={each} />
          </OfFlow>
        ))}
        {open.slice(0, MOST_FAILED).map((failure) => (
          <OfFlow key={failure.id} flow={failure.flow}>
            <FailedRun failure={failure} />
          </OfFlow>
        ))}
        <MoreFailed count={open.length - MOST_FAILED} />
        {long.map((run) => (
          <OfFlow key={run.id} flow={run.flow}>
            <LongRun run={run} typical={typical.get(run.flow) ?? 0} />
          </OfFlow>
        ))}
        {troubled.map((trigger) => (
          <OfFlow key={`${trigger.flow} ${trigger.name}`} flow={trigger.flow}>
            <TroubledTrigger trigger={trigger} isLate={late.has(trigger)} />
          </OfFlow>
        ))}
        {unsent > 0 ? <Unsent count={unsent} /> : null}
      </ul>
    </Panel>
  );
}

function MoreFailed({ count }: { readonly count: number }) {
  if (count <= 0) return null;
  return (
    <Need
      mark={<StateMark state="failed" />}
      title={<span className="font-medium">{count === 1 ? "1 flow more" : `${count} flows more`} failed last</span>}
      note="The newest failures are above."
    >
      <Link to="/flows" search={{ show: "failed", sort: "last" }} className={buttonClass("plain")}>
        All that failed
      </Link>
    </Need>
  );
}

/** Messages that were given up. Who may not read them is not told of them. */
function useUnsent(): number {
  const me = useApi("getMe").data;
  const mayRead = (me?.permissions["alert.read"] ?? []).length > 0;
  const query = { state: "failed" as const, limit: 99 };
  return useApi("listAlertDeliveries", { query }, { enabled: mayRead }).data?.items.length ?? 0;
}

function Leaderless() {
  return (
    <Need
      mark={<Icon name="plug" size={14} className="text-blocked" />}
      title={<span className="font-medium">No server does the work</span>}
      note="What is asked waits until one leads again."
    >
      <Link to="/manage/pools" className={buttonClass("plain")}>
        Servers
      </Link>
    </Need>
  );
}

function Decision({ asked: { run, flow, task, message, askedAt } }: { readonly asked: Asked }) {
  return (
    <Need
      mark={<StateMark state="awaiting_input" />}
      title={
        <Link to="/runs/$run/tasks/$task" params={{ run, task }} className="font-medium hover:text-accent">
          {flow} <span className="font-normal text-ink-2">{task}</span>
        </Link>
      }
      note={
        <>
          <Instant at={askedAt} relative /> · {message}
        </>
      }
    >
      <Link
        to="/runs/$run/tasks/$task"
        params={{ run, task }}
        className={buttonClass("plain")}
        aria-label={`Decide ${task} of ${flow}`}
      >
        Decide
      </Link>
    </Need>
  );
}

function LongRun({ run, typical }: { readonly run: Run; readonly typical: number }) {
  return (
    <Need
      mark={<Icon name="hourglass" size={14} className="text-blocked" />}
      title={
        <Link to="/runs/$run" params={{ run: run.id }} className="font-medium hover:text-accent">
          {run.flow} <span className="font-mono text-2xs font-normal text-ink-3">{shortId(run.id)}</span>
        </Link>
      }
      note={
        <>
          Started <Instant at={run.startedAt} relative /> · typically takes {durationText(typical)}
        </>
      }
    >
      <Link to="/runs/$run" params={{ run: run.id }} search={{ tab: "timeline" }} className={buttonClass("plain")}>
        Look
      </Link>
    </Need>
  );
}

function Unsent({ count }: { readonly count: number }) {
  return (
    <Need
      mark={<Icon name="bell" size={14} className="text-failed" />}
      title={<span className="font-medium">{count === 1 ? "An alert" : `${count} alerts`} could not be sent</span>}
      note="Nobody was told of what they were about."
    >
      <Link to="/manage/alerts" search={{ state: "failed" }} className={buttonClass("plain")}>
        Messages
      </Link>
    </Need>
  );
}

function AllWell({
  isBroken,
  good,
  triggers,
  now,
}: {
  readonly isBroken: boolean;
  readonly good: number;
  readonly triggers: readonly Trigger[];
  readonly now: number;
}) {
  const [next] = triggers
    .filter(({ nextTick }) => nextTick !== null)
    .toSorted((a, b) => String(a.nextTick).localeCompare(String(b.nextTick)));
  return (
    <div className="flex items-center gap-3 px-3 py-4">
      {isBroken ? null : (
        <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-success-soft text-success">
          <Icon name="check" />
        </span>
      )}
      <div>
        <p className="font-medium">{isBroken ? "Nothing but the broken files" : "All is well"}</p>
        <p className="text-ink-2">
          {good === 0
            ? "No run has ended"
            : good === 1
              ? "1 run succeeded"
              : `${good.toLocaleString("en")} runs succeeded`}{" "}
          in the last 24 hours.
          {next === undefined ? "" : ` Next: ${next.flow} ${agoText(Date.parse(String(next.nextTick)), now)}.`}
        </p>
      </div>
    </div>
  );
}
