import { useState } from "react";
import type { Trigger } from "../../api/shapes.ts";
import { TextField } from "../manage/field.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";

/** Pauses a schedule or a trigger, and keeps why: whoever finds it paused at night reads it. */
export function PauseDialog({ trigger, onClose }: { readonly trigger: Trigger; readonly onClose: () => void }) {
  const { flow, name, kind } = trigger;
  const [reason, setReason] = useState("");
  const pause = useAct("pauseTrigger", "listTriggers", "forecastTrigger");
  const submit = async (): Promise<void> => {
    const body = { reason: reason.trim() === "" ? null : reason.trim() };
    if ((await pause.act({ params: { flow, trigger: name }, body })) !== undefined) onClose();
  };
  return (
    <FormDialog
      title={`Pause ${name} of ${flow}`}
      verb="Pause"
      of={pause}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>
        {kind === "schedule"
          ? "It makes no runs until it is resumed; what it missed meanwhile is made up for as its catchup says. Runs under way go on."
          : "It makes no runs until it is resumed. Runs under way go on."}
      </p>
      <TextField
        name="Why"
        value={reason}
        onChange={setReason}
        placeholder="The shop's database moves"
        note="Shown wherever it is shown as paused."
      />
    </FormDialog>
  );
}
