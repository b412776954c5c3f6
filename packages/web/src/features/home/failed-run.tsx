import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import { useApi } from "../../api/use-api.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { StateMark } from "../../ui/state-badge.tsx";
import { Instant } from "../../ui/time.tsx";
import { shortId } from "../runs/run-table.tsx";
import { Need } from "./need.tsx";
import type { OpenFailure } from "./needs.ts";

const RerunDialog = lazy(async () => ({ default: (await import("../run/rerun-dialog.tsx")).RerunDialog }));

/** A run that failed: the task that did, its log, and running it again after its plan has been read. */
export function FailedRun({ failure }: { readonly failure: OpenFailure }) {
  const [isOpen, setOpen] = useState(false);
  const known = useApi("getRun", { params: { run: failure.id } }).data;
  const run = known ?? failure;
  const refused = useRefusal("run.start", run.flow);
  const failed = useApi("listTaskRuns", { params: { run: run.id }, query: { state: "failed", limit: 20 } }).data?.items;
  // A branch or a map fails with what is in it, which says why.
  const tried = failed?.filter(({ tries }) => tries > 0) ?? [];
  const [first, ...others] = tried.length > 0 ? tried : (failed ?? []);
  const text = first === undefined ? known?.error?.message : `${first.task}: ${first.error?.message ?? "failed"}`;
  return (
    <Need
      mark={<StateMark state="failed" />}
      title={
        <Link to="/runs/$run" params={{ run: run.id }} className="font-medium hover:text-accent">
          {run.flow} <span className="font-mono text-2xs font-normal text-ink-3">{shortId(run.id)}</span>
        </Link>
      }
      note={
        <span title={text}>
          <Instant at={run.endedAt ?? run.createdAt} relative /> ·{" "}
          {first === undefined ? (
            (text ?? "failed")
          ) : (
            <Link to="/runs/$run/tasks/$task" params={{ run: run.id, task: first.task }} className="hover:text-accent">
              {text}
            </Link>
          )}
          {others.length === 0 ? "" : " (and others)"}
        </span>
      }
    >
      {first === undefined ? null : (
        <Link
          to="/runs/$run/tasks/$task"
          params={{ run: run.id, task: first.task }}
          className={buttonClass("plain")}
          aria-label={`Log of ${first.task}`}
        >
          Log
        </Link>
      )}
      <Button icon="retry" refused={refused} onClick={() => setOpen(true)} aria-label={`Rerun ${run.flow}`}>
        Rerun
      </Button>
      {isOpen && known !== undefined ? (
        <Suspense>
          <RerunDialog run={known} tasks={[]} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </Need>
  );
}
