import { useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Action } from "../../actions/registry.ts";
import type { Run } from "../../api/shapes.ts";
import { useChange } from "../../api/use-api.ts";

interface RunActions {
  readonly actions: readonly Action[];
  readonly error: unknown;
  /** What the dialog about running it again begins with; undefined while it is closed. */
  readonly rerun: { readonly task: string | undefined } | undefined;
  readonly closeRerun: () => void;
}

/** What can be done about a run. */
export function useRunActions(run: Run, task: string | undefined): RunActions {
  const [rerun, setRerun] = useState<{ readonly task: string | undefined }>();
  const cancel = useChange("cancelRun");
  const mayNotStart = useRefusal("run.start", run.flow);
  const mayNotCancel = useRefusal("run.cancel", run.flow);
  const isOver = run.endedAt !== null;
  const again: Action = {
    id: "run.rerun",
    title: run.state === "failed" ? "Run again what failed" : "Run this again",
    short: "Rerun",
    icon: "retry",
    keys: "e",
    kind: run.state === "failed" ? "primary" : "plain",
    refused: mayNotStart ?? (isOver ? undefined : "It is not over yet: cancel it first."),
    run: () => setRerun({ task: undefined }),
  };
  const stop: Action = {
    id: "run.cancel",
    title: "Cancel this run",
    short: run.cancelRequested && !isOver ? "Cancelling…" : "Cancel",
    icon: "stop",
    kind: "danger",
    refused: mayNotCancel ?? (isOver ? "It is over." : run.cancelRequested ? "It is being cancelled." : undefined),
    run: () => cancel.mutate({ params: { run: run.id } }),
  };
  const ofTask: Action = {
    id: "run.rerun-task",
    title: `Run again from ${task ?? ""}`,
    icon: "retry",
    refused: again.refused,
    run: () => setRerun({ task }),
  };
  const actions = [...(isOver ? [] : [stop]), again, ...(task === undefined ? [] : [ofTask])];
  return { actions, error: cancel.error, rerun, closeRerun: () => setRerun(undefined) };
}
