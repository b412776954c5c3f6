import { Dialog } from "@base-ui/react/dialog";
import { isFinalRunState } from "@millrace/core";
import { useQueryClient } from "@tanstack/react-query";
import { useChange } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Problem } from "../../ui/notices.tsx";
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
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[min(30rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 rounded-lg border border-line-strong bg-raised shadow-2xl outline-none">
          <Dialog.Title className="border-b border-line px-4 py-2.5">Cancel the backfill of {flow}?</Dialog.Title>
          <ul className="list-disc py-3 pr-4 pl-8 text-ink-2">
            {underWay === 0 ? null : (
              <li>
                {runsText(underWay)} under way: cancelled.
                <OpenRuns runs={open} />
              </li>
            )}
            {toCome === 0 ? null : <li>{runsText(toCome)} to come: not made.</li>}
            <li>What has ended stays as it is, and the rest can be retried later.</li>
          </ul>
          {cancel.error === null ? null : <Problem error={cancel.error} />}
          <div className="flex justify-end gap-2 border-t border-line px-4 py-2.5">
            <Button onClick={onClose}>Keep it</Button>
            <Button kind="danger" icon="stop" disabled={cancel.isPending} onClick={() => void submit()}>
              Cancel the backfill
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
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
