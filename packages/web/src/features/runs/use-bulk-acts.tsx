import { lazy, type ReactNode, Suspense, useState } from "react";
import { type Action, useActions } from "../../actions/registry.ts";
import type { Run } from "../../api/shapes.ts";
import type { BulkAct } from "./run-acts.ts";

const BulkDialog = lazy(async () => ({ default: (await import("./bulk-dialog.tsx")).BulkDialog }));

/** What can be done about several runs at once. What one may not do is said for each in the plan. */
export function useBulkActs(runs: readonly Run[]): { readonly actions: readonly Action[]; readonly dialog: ReactNode } {
  const [open, setOpen] = useState<{ readonly act: BulkAct; readonly runs: readonly Run[] }>();
  const named = runs.length === 1 ? "the chosen run" : `the ${runs.length} chosen runs`;
  const actions: readonly Action[] =
    runs.length === 0
      ? []
      : [
          {
            id: "runs.rerun",
            title: `Run again what failed in ${named}…`,
            short: "Run again what failed…",
            icon: "retry",
            run: () => setOpen({ act: "rerun", runs }),
          },
          {
            id: "runs.cancel",
            title: `Cancel ${named}…`,
            short: "Cancel…",
            icon: "stop",
            kind: "danger",
            run: () => setOpen({ act: "cancel", runs }),
          },
        ];
  useActions(actions);
  const dialog =
    open === undefined ? null : (
      <Suspense>
        <BulkDialog act={open.act} runs={open.runs} onClose={() => setOpen(undefined)} />
      </Suspense>
    );
  return { actions, dialog };
}
