import { isFinalRunState } from "@millrace/core";
import { useQueryClient } from "@tanstack/react-query";
import { useChange } from "../../api/use-api.ts";
import { AskDialog } from "../../ui/ask-dialog.tsx";
import { shortId } from "../runs/run-table.tsx";
import { coverText } from "../runs/run-text.ts";
import { type Backfill, endedOf, numberText, runsText } from "./backfill-state.tsx";
import type { BackfillRun } from "./matrix-cells.ts";

/** Of what is under way, so many are named. */
const NAMED = 8;

/** Says what cancelling would do, before it is done. */
export function CancelDialog({
  backfill,
  made: known,
  onClose,
}: {
  readonly backfill: Backfill;
  /** Its runs, as far as they were read. */
  readonly made: readonly BackfillRun[];
  readonly onClose: () => void;
}) {
  const { id, flow, runs, made } = backfill;
  const [underWay, toCome] = [made - endedOf(backfill), runs - made];
  const open = known.filter(({ state }) => !isFinalRunState(state));
  const cancel = useChange("cancelBackfill");
  const queries = useQueryClient();
  const submit = async (): Promise<void> => {
    try {
      await cancel.mutateAsync({ params: { backfill: id } });
      for (const name of ["getBackfill", "listBackfills"]) void queries.invalidateQueries({ queryKey: [name] });
      onClose();
    } catch {
      // The dialog shows why.
    }
  };
  return (
    <AskDialog
      title={`Cancel the backfill of ${flow}?`}
      verb="Cancel the backfill"
      error={cancel.error}
      isBusy={cancel.isPending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {underWay === 0 ? null : (
        <li>
          {runsText(underWay)} under way: cancelled.
          <OpenRuns runs={open} />
        </li>
      )}
      {toCome === 0 ? null : <li>{runsText(toCome)} to come: not made.</li>}
      <li>What has ended stays as it is, and the rest can be retried later.</li>
    </AskDialog>
  );
}

/** Which data they are about, so that one sees what is lost. */
function OpenRuns({ runs }: { readonly runs: readonly BackfillRun[] }) {
  if (runs.length === 0) return null;
  const more = runs.length - NAMED;
  return (
    <p className="text-ink">
      {runs
        .slice(0, NAMED)
        .map((run) => coverText(run) ?? shortId(run.run))
        .join(", ")}
      {more > 0 ? ` and ${numberText(more)} more` : ""}
    </p>
  );
}
