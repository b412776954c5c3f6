import { Link } from "@tanstack/react-router";
import type { Run, TaskDetails, TaskRun } from "../../api/shapes.ts";
import { Fact, Panel } from "../../ui/panel.tsx";
import { Duration, Instant } from "../../ui/time.tsx";
import { useWhy } from "../run/use-why.ts";
import { reasonOf } from "../run/wait-reasons.ts";
import { shortId } from "../runs/run-table.tsx";
import { byWhom } from "../runs/run-text.ts";
import { Approval } from "./approval.tsx";
import { Where } from "./attempts-tab.tsx";
import { NeighboursPanel } from "./neighbours-panel.tsx";
import { TimingPanel } from "./timing-panel.tsx";
import { WaitingReason } from "./waiting-reason.tsx";

interface Props {
  readonly run: Run;
  readonly details: TaskDetails;
}

/** Why a task waits, how long it usually takes, what is around it, and when it did what. */
export function TaskRunFacts({ run, details }: Props) {
  const { task } = details;
  const row = details.taskRun ?? undefined;
  const why = useWhy(run);
  const asked = row?.state === "deferred" && row.waitsFor?.kind === "approval" ? row.waitsFor : undefined;
  const reason = reasonOf(row, why.find((each) => each.task === task)?.reason);
  return (
    <div className="flex w-80 shrink-0 flex-col gap-4 overflow-y-auto max-lg:w-full">
      {asked === undefined ? null : <Approval run={run} task={task} waitsFor={asked} />}
      {reason === undefined ? null : (
        <Panel title="Why it waits">
          <div className="p-3">
            <WaitingReason text={reason} pools={details.pools} />
            <Retries {...details} />
          </div>
        </Panel>
      )}
      <TimingPanel run={run.id} task={task} />
      <TaskFacts run={run} details={details} />
      <NeighboursPanel run={run.id} details={details} />
    </div>
  );
}

function Retries({ retries: { left, nextAt } }: TaskDetails) {
  if (nextAt === null) return null;
  return (
    <p className="mt-1 text-ink-2">
      The next try begins <Instant at={nextAt} relative />; {left <= 1 ? "it is the last one" : `${left} left with it`}.
    </p>
  );
}

function TaskFacts({ details }: Props) {
  const { taskRun: row, retries, place, taskKind, description, pools } = details;
  // A wait in the middle of a task makes an attempt, and is no try.
  const tries = details.attempts.filter(({ hook, state }) => hook === "" && state !== "yielded").length;
  const ranOn = details.attempts.findLast(({ hook }) => hook === "")?.place;
  return (
    <Panel title="Task run">
      <div className="flex flex-col gap-3 p-3">
        {description === null ? null : <p className="break-words text-ink-2">{description}</p>}
        <dl className="grid grid-cols-2 gap-x-4 gap-y-3">
          {row === null ? null : <Times row={row} />}
          <Fact name="Tries">
            {tries}
            {retries.limit === 0 ? "" : ` of ${retries.limit + 1}`}
            {row === null || row.crashes === 0 ? "" : `, ${row.crashes} lost`}
          </Fact>
          {row === null || (row.state !== "success" && row.marked === null) ? null : (
            <Fact name="Result">
              <Result row={row} />
            </Fact>
          )}
          {taskKind === null || taskKind === "function" ? null : <Fact name="Kind">{taskKind}</Fact>}
          {pools.length === 0 ? null : (
            <Fact name={pools.length === 1 ? "Pool" : "Pools"}>
              <Link to="/manage/pools" className="text-accent hover:underline">
                {pools.join(", ")}
              </Link>
            </Fact>
          )}
        </dl>
        {ranOn == null ? null : (
          <dl>
            <dt className="text-2xs text-ink-3">{row?.endedAt == null ? "Runs on" : "Ran on"}</dt>
            <dd>
              <Where place={ranOn} />
            </dd>
          </dl>
        )}
        {place === null ? null : (
          <dl>
            <Fact name="Written in">
              <code className="font-mono text-xs" title={`${place.file}:${place.line}`}>
                {place.file}:{place.line}
              </code>
            </Fact>
          </dl>
        )}
      </div>
    </Panel>
  );
}

function Times({ row }: { readonly row: TaskRun }) {
  return (
    <>
      <Fact name="Ready">
        <Instant at={row.readyAt} relative />
      </Fact>
      <Fact name="Waited">
        <Duration from={row.readyAt} to={row.startedAt} />
      </Fact>
      <Fact name="Started">
        <Instant at={row.startedAt} />
      </Fact>
      <Fact name="Ended">
        <Instant at={row.endedAt} />
      </Fact>
      {row.itemCount === null ? null : <Fact name="Items">{row.itemCount}</Fact>}
      {row.arm === null ? null : <Fact name="Way taken">{row.arm}</Fact>}
      {row.childRun === null ? null : (
        <Fact name="Run it started">
          <Link
            to="/runs/$run"
            params={{ run: row.childRun }}
            className="font-mono text-xs text-accent hover:underline"
          >
            {shortId(row.childRun)}
          </Link>
        </Fact>
      )}
    </>
  );
}

/** How it came to what it gave, with a way to where that was made. */
function Result({ row: { task, cached, reusedFrom, marked } }: { readonly row: TaskRun }) {
  if (marked !== null) return `marked ${byWhom(marked.by)}${marked.reason === null ? "" : `: ${marked.reason}`}`;
  if (reusedFrom !== null) {
    return (
      <>
        kept from{" "}
        <Link
          to="/runs/$run/tasks/$task"
          params={{ run: reusedFrom, task }}
          className="font-mono text-xs text-accent hover:underline"
        >
          {shortId(reusedFrom)}
        </Link>
      </>
    );
  }
  return cached ? "from the cache" : "computed";
}
