import type { Run } from "../../api/shapes.ts";
import { useChange } from "../../api/use-api.ts";
import { useWholeList } from "../../api/whole-list.ts";
import { AskDialog } from "../../ui/ask-dialog.tsx";
import { shortId } from "../runs/run-table.tsx";

/** Of what is under way, so many are named. */
const NAMED = 6;

/** Says what cancelling a run would stop and what it would keep, before it is done. */
export function CancelRunDialog({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const taskRuns = useWholeList("listTaskRuns", run.id).data ?? [];
  const running = taskRuns.filter(({ state, hook }) => state === "running" && hook === "").map(({ task }) => task);
  const more = running.length - NAMED;
  const cancel = useChange("cancelRun");
  const submit = (): void => cancel.mutate({ params: { run: run.id } }, { onSuccess: onClose });
  return (
    <AskDialog
      title={`Cancel the run ${shortId(run.id)} of ${run.flow}?`}
      verb="Cancel the run"
      error={cancel.error}
      isBusy={cancel.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      {running.length === 0 ? null : (
        <li>
          Stopped, with all that they have started:{" "}
          <span className="text-ink">
            {running.slice(0, NAMED).join(", ")}
            {more > 0 ? ` and ${more} more` : ""}
          </span>
        </li>
      )}
      <li>What has not begun is not run.</li>
      <li>What has succeeded is kept: a rerun can go on from there.</li>
    </AskDialog>
  );
}
