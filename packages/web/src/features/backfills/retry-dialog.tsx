import type { RouteOutput } from "@millrace/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { readOf } from "../../api/use-api.ts";
import { Loading, Problem } from "../../ui/notices.tsx";
import { StateMark } from "../../ui/state-badge.tsx";
import { useAct } from "../manage/use-act.ts";
import { PlanDialog } from "../run/plan-dialog.tsx";
import { shortId } from "../runs/run-table.tsx";
import { coverText } from "../runs/run-text.ts";
import { type Backfill, numberText, runsText } from "./backfill-state.tsx";

type Plan = RouteOutput<"planBackfillRetry">;

/** Says what would be repeated: which runs, which tasks of them, and on which version. Then does just that. */
export function RetryDialog({ backfill, onClose }: { readonly backfill: Backfill; readonly onClose: () => void }) {
  const params = { backfill: backfill.id };
  const plan = useQuery({ ...readOf("planBackfillRetry", { params }), staleTime: 0, gcTime: 0, retry: false });
  const retry = useAct("retryBackfill", "getBackfill", "listBackfills", "listBackfillRuns");
  const submit = async (): Promise<void> => {
    if ((await retry.act({ params })) !== undefined) onClose();
  };
  const error = retry.error ?? plan.error;
  return (
    <PlanDialog
      title={`Retry the backfill of ${backfill.flow}`}
      verb={plan.data === undefined ? "Retry" : verbOf(plan.data)}
      icon="retry"
      canSubmit={plan.data !== undefined && plan.error === null && !retry.isPending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <section aria-label="Plan" aria-live="polite">
        {error === null ? null : <Problem error={error} />}
        {plan.data === undefined && plan.error === null ? <Loading rows={3} /> : null}
        {plan.data === undefined || plan.error !== null ? null : <PlanOf plan={plan.data} />}
      </section>
    </PlanDialog>
  );
}

function verbOf({ repeated, toCome }: Plan): string {
  if (repeated === 0) return `Make ${runsText(toCome)}`;
  return `Retry ${runsText(repeated)}`;
}

function PlanOf({ plan }: { readonly plan: Plan }) {
  const { repeated, toCome, version, state, atOnce, runs, tasks } = plan;
  return (
    <>
      <div className="px-4 pt-3 pb-2">
        <p className="font-semibold">
          {[repeated === 0 ? "" : `${runsText(repeated)} repeated`, toCome === 0 ? "" : `${runsText(toCome)} to make`]
            .filter((part) => part !== "")
            .join(", ")}
        </p>
        <p className="text-ink-2">
          {version.isSame
            ? "With the code that it had"
            : `With the code as it is now, version ${version.id.slice(0, 12)}`}
          , {numberText(atOnce)} at once{state === "paused" ? "; it stays paused until it is resumed" : ""}.
          {toCome === 0 ? "" : " What was never made is made as it was planned."}
        </p>
      </div>
      {tasks.length === 0 ? null : (
        <List title="Tasks that run again" aside={runs.length < repeated ? `of the first ${runs.length} runs` : "Runs"}>
          {tasks.map(({ task, runs: count }) => (
            <li key={task} className="flex min-h-7 items-center gap-2 border-b border-line px-4 last:border-b-0">
              <span className="truncate">{task}</span>
              <span className="ml-auto shrink-0 text-2xs text-ink-2">{runsText(count)}</span>
            </li>
          ))}
        </List>
      )}
      {runs.length === 0 ? null : (
        <List title="Runs" aside="Tasks">
          {runs.map((run) => (
            <li key={run.run} className="flex min-h-7 items-center gap-2 border-b border-line px-4 last:border-b-0">
              <StateMark state={run.state} />
              <Link to="/runs/$run" params={{ run: run.run }} className="min-w-0 truncate hover:text-accent">
                {coverText(run) ?? shortId(run.run)}
              </Link>
              <span className="ml-auto shrink-0 text-2xs text-ink-2">
                {run.counts === null ? run.refused : `${run.counts.run} run again, ${run.counts.reuse} kept`}
              </span>
            </li>
          ))}
          {runs.length < repeated ? (
            <li className="px-4 py-1 text-2xs text-ink-2">and {numberText(repeated - runs.length)} more</li>
          ) : null}
        </List>
      )}
    </>
  );
}

function List({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="border-t border-line">
      <h3 className="flex h-7 items-center border-b border-line bg-sunken px-4 text-2xs font-medium text-ink-2">
        {title} <span className="ml-auto font-normal">{aside}</span>
      </h3>
      <ul className="max-h-48 overflow-y-auto" aria-label={title}>
        {children}
      </ul>
    </div>
  );
}
