import { useState } from "react";
import { TextField } from "../manage/field.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";
import { type Backfill, endedOf, numberText } from "./backfill-state.tsx";

/** More than so many the server does not take. */
const MOST = 10_000;

/** Asks how many runs are to be under way at once, and says what that will do. */
export function PaceDialog({ backfill, onClose }: { readonly backfill: Backfill; readonly onClose: () => void }) {
  const [text, setText] = useState(String(backfill.atOnce));
  const set = useAct("setBackfill", "getBackfill", "listBackfills");
  const wanted = text.trim() === "" ? Number.NaN : Number(text);
  const isGood = Number.isSafeInteger(wanted) && wanted >= 1 && wanted <= MOST;
  const submit = async (): Promise<void> => {
    const body = { maxActiveRuns: wanted };
    if ((await set.act({ params: { backfill: backfill.id }, body })) !== undefined) onClose();
  };
  return (
    <FormDialog
      title={`Runs at once: backfill of ${backfill.flow}`}
      verb={isGood ? `Set to ${numberText(wanted)}` : "Set"}
      of={set}
      canSubmit={isGood && wanted !== backfill.atOnce}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TextField
        name="Runs under way at once"
        type="number"
        min={1}
        value={text}
        onChange={setText}
        note={isGood ? effectOf(wanted, backfill) : `A whole number, from 1 to ${numberText(MOST)}.`}
      />
    </FormDialog>
  );
}

/** What it will do, as things are now. */
function effectOf(wanted: number, backfill: Backfill): string {
  const { made, runs, state, atOnce } = backfill;
  const open = made - endedOf(backfill);
  if (wanted === atOnce) return "It is so now.";
  if (state === "paused") return "It counts when the backfill is resumed.";
  if (wanted < open) return `${open} are under way and go on: nothing new starts until fewer than ${wanted} are.`;
  const more = Math.min(wanted - open, runs - made);
  const limits = "The flow's own limits, its pools and the workers still count.";
  return more > 0 ? `Up to ${numberText(more)} more can start at once. ${limits}` : limits;
}
