import { lazy, type ReactNode, Suspense, useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Action } from "../../actions/registry.ts";
import type { MarkBody, Run } from "../../api/shapes.ts";
import type { RerunWhat } from "./rerun-dialog.tsx";
import { namesText } from "./task-names.ts";

const RerunDialog = lazy(async () => ({ default: (await import("./rerun-dialog.tsx")).RerunDialog }));
const MarkDialog = lazy(async () => ({ default: (await import("./mark-dialog.tsx")).MarkDialog }));

type Open =
  | { readonly kind: "rerun"; readonly tasks: readonly string[]; readonly first: RerunWhat | undefined }
  | { readonly kind: "mark"; readonly tasks: readonly string[] };

interface TaskActs {
  /** What can be done about the run as a whole, again. */
  readonly ofRun: { readonly again: Action; readonly clear: Action };
  /** What can be done about some tasks. */
  readonly of: (tasks: readonly string[]) => { readonly rerun: Action; readonly mark: Action; readonly clear: Action };
  readonly dialog: ReactNode;
}

/** Running again, marking and clearing: what can be done about tasks of a run that has ended, each with its plan first. */
export function useTaskActs(run: Run): TaskActs {
  const [open, setOpen] = useState<Open>();
  const mayNotStart = useRefusal("run.start", run.flow);
  const mayNotMark = useRefusal("run.mark", run.flow);
  const goesOn = run.settled ? undefined : "It is not over yet: wait for its end, or cancel it first.";
  const close = (): void => setOpen(undefined);
  const refused = mayNotStart ?? goesOn;
  const again: Action = {
    id: "run.rerun",
    title: run.state === "failed" ? "Run again what failed…" : "Run this again…",
    short: run.state === "failed" ? "Rerun from failure" : "Rerun",
    icon: "retry",
    keys: "e",
    kind: run.state === "failed" ? "primary" : "plain",
    refused,
    run: () => setOpen({ kind: "rerun", tasks: [], first: undefined }),
  };
  const clear: Action = {
    id: "run.clear",
    title: "Clear what failed, and run it again…",
    icon: "retry",
    refused,
    run: () => setOpen({ kind: "rerun", tasks: [], first: "failed" }),
  };
  const of: TaskActs["of"] = (tasks) => {
    const names = namesText(tasks);
    return {
      rerun: {
        id: "tasks.rerun",
        title: `Run again from ${names}…`,
        short: "Run again…",
        icon: "retry",
        refused,
        run: () => setOpen({ kind: "rerun", tasks, first: "after" }),
      },
      mark: {
        id: "tasks.mark",
        title: `Mark ${names} as succeeded, failed or skipped…`,
        short: "Mark…",
        icon: "flag",
        keys: "m",
        refused: mayNotMark ?? goesOn,
        run: () => setOpen({ kind: "mark", tasks }),
      },
      clear: {
        id: "tasks.clear",
        title: `Clear ${names} and all after, and run them again…`,
        short: "Clear…",
        icon: "retry",
        refused,
        run: () => setOpen({ kind: "rerun", tasks, first: "after" }),
      },
    };
  };
  const dialog =
    open === undefined ? null : (
      <Suspense>
        {open.kind === "rerun" ? (
          <RerunDialog run={run} tasks={open.tasks} first={open.first} onClose={close} />
        ) : (
          <MarkDialog run={run} tasks={open.tasks} first={markFirst(run)} onClose={close} />
        )}
      </Suspense>
    );
  return { ofRun: { again, clear }, of, dialog };
}

/** What went wrong was put right by hand; what went well should not have. */
function markFirst({ state }: Run): MarkBody["as"] {
  return state === "success" ? "failed" : "success";
}
