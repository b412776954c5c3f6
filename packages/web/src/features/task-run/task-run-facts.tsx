import { Link } from "@tanstack/react-router";
import type { Failure, Run, TaskRun } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Fact, Panel } from "../../ui/panel.tsx";
import { Duration, Instant } from "../../ui/time.tsx";
import { ErrorDetails } from "../run/failure-note.tsx";
import { shortId } from "../runs/run-table.tsx";
import { Approval } from "./approval.tsx";
import { OutputPanel } from "./output-panel.tsx";

/** Why a task waits or failed, what it is, and when it did what. */
export function TaskRunFacts({
  run,
  task,
  row,
  tries,
  error,
}: {
  readonly run: Run;
  readonly task: string;
  readonly row: TaskRun | undefined;
  readonly tries: number;
  readonly error: Failure | null;
}) {
  const why = useApi("explainRun", { params: { run: run.id } }, { enabled: !run.settled }).data?.items ?? [];
  const isAsked = row?.waitsFor?.kind === "approval" && row.state === "deferred";
  // What runs does not wait, and who is asked reads the question itself.
  const reason = isAsked || row?.state === "running" ? undefined : why.find((each) => each.task === task)?.reason;
  return (
    <div className="flex w-80 shrink-0 flex-col gap-4 overflow-y-auto max-lg:w-full">
      {row?.waitsFor?.kind === "approval" && row.state === "deferred" ? (
        <Approval run={run} task={task} waitsFor={row.waitsFor} />
      ) : null}
      {reason === undefined ? null : (
        <Panel title="Why it waits">
          <p className="p-3 break-words">{reason}</p>
        </Panel>
      )}
      {error === null ? null : (
        <Panel title="Why it failed">
          <div className="p-3">
            <ErrorDetails error={error} />
          </div>
        </Panel>
      )}
      {row?.state === "success" ? <OutputPanel run={run} row={row} /> : null}
      {row === undefined ? null : (
        <Panel title="Task run">
          <dl className="grid grid-cols-2 gap-x-4 gap-y-3 p-3">
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
            <Fact name="Tries">
              {tries}
              {row.crashes > 0 ? `, ${row.crashes} lost` : ""}
            </Fact>
            <Fact name="Result">{resultText(row)}</Fact>
            {row.itemCount === null ? null : <Fact name="Items">{row.itemCount}</Fact>}
            {row.arm === null ? null : <Fact name="Way taken">{row.arm}</Fact>}
            {row.childRun === null ? null : (
              <Fact name="Run it started">
                <Link to="/runs/$run" params={{ run: row.childRun }} className="text-accent hover:underline">
                  {shortId(row.childRun)}
                </Link>
              </Fact>
            )}
          </dl>
        </Panel>
      )}
    </div>
  );
}

function resultText({ cached, reusedFrom, state }: TaskRun): string {
  if (reusedFrom !== null) return `kept from ${shortId(reusedFrom)}`;
  if (cached) return "from the cache";
  return state === "success" ? "computed" : "–";
}
