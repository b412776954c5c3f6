import { useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Action } from "../../actions/registry.ts";
import type { Run } from "../../api/shapes.ts";
import { paramsText } from "../runs/run-text.ts";
import { useTaskActs } from "./use-task-acts.tsx";

const CancelRunDialog = lazy(async () => ({ default: (await import("./cancel-run-dialog.tsx")).CancelRunDialog }));

interface RunActions {
  /** All that can be done here. */
  readonly actions: readonly Action[];
  /** Of these what is about the run as a whole, as buttons. */
  readonly buttons: readonly Action[];
  /** What is about the tasks that are meant. */
  readonly ofTasks: readonly Action[];
  readonly dialog: ReactNode;
}

/** What can be done about a run, and about those of its tasks that are meant. */
export function useRunActions(run: Run, tasks: readonly string[]): RunActions {
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const mayNotStart = useRefusal("run.start", run.flow);
  const mayNotCancel = useRefusal("run.cancel", run.flow);
  const acts = useTaskActs(run);
  const isOver = run.endedAt !== null;
  const stop: Action = {
    id: "run.cancel",
    title: "Cancel this run",
    short: run.cancelRequested && !isOver ? "Cancelling…" : "Cancel",
    icon: "stop",
    kind: "danger",
    refused: mayNotCancel ?? (isOver ? "It is over." : run.cancelRequested ? "It is being cancelled." : undefined),
    run: () => setAsking(true),
  };
  const { again, clear } = acts.ofRun;
  const like: Action = {
    id: "run.like",
    title: "Run the flow with these parameters…",
    short: "Run with these…",
    icon: "play",
    refused: mayNotStart,
    run: () => void navigate({ to: ".", search: (old) => ({ ...old, launch: run.flow, like: run.id }) as never }),
  };
  const hasParams = paramsText(run.params) !== "" || run.slice?.kind === "key";
  const buttons = [...(isOver ? [] : [stop]), ...(hasParams ? [like] : []), again];
  const about = tasks.length === 0 ? undefined : acts.of(tasks);
  const ofTasks = about === undefined ? [] : [about.rerun, about.mark];
  // The word that those look for who come from Airflow: it leads to the same plan.
  const clears = about === undefined ? [clear] : [clear, about.clear];
  // A run that ends meanwhile has nothing left to be stopped.
  const asked =
    isAsking && !isOver ? (
      <Suspense>
        <CancelRunDialog run={run} onClose={() => setAsking(false)} />
      </Suspense>
    ) : null;
  return { actions: [...buttons, ...clears, ...ofTasks], buttons, ofTasks, dialog: asked ?? acts.dialog };
}
