import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import { useChange } from "../../api/use-api.ts";
import { IconButton } from "../../ui/button.tsx";
import { say } from "../../ui/said.tsx";
import { TextField } from "../manage/field.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";
import type { FlowRow } from "./flow-rows.ts";

/** Pauses all schedules and triggers of a flow, after it was asked why; or resumes them at once. */
export function PauseButton({
  row: { flow, isPaused },
  onPause,
}: {
  readonly row: FlowRow;
  readonly onPause: () => void;
}) {
  const { name } = flow;
  const refused = useRefusal("trigger.pause", name);
  const queries = useQueryClient();
  const { mutate } = useChange("resumeTriggers");
  const resume = (): void =>
    mutate(
      { params: { flow: name } },
      {
        onSuccess: () => void queries.invalidateQueries({ queryKey: ["listTriggers"] }),
        onError: ({ message }) => say(message),
      },
    );
  if (!isPaused) return <IconButton icon="pause" label={`Pause ${name}`} refused={refused} onClick={onPause} />;
  return <IconButton icon="resume" label={`Resume ${name}`} refused={refused} onClick={resume} />;
}

/** Says what a pause does, and keeps why: whoever finds the flow paused at night reads it. */
export function PauseFlowDialog({ row, onClose }: { readonly row: FlowRow; readonly onClose: () => void }) {
  const { name } = row.flow;
  const [reason, setReason] = useState("");
  const pause = useAct("pauseTriggers", "listTriggers", "forecastTrigger");
  const submit = async (): Promise<void> => {
    const body = { reason: reason.trim() === "" ? null : reason.trim() };
    if ((await pause.act({ params: { flow: name }, body })) !== undefined) onClose();
  };
  return (
    <FormDialog title={`Pause ${name}`} verb="Pause" of={pause} onSubmit={() => void submit()} onClose={onClose}>
      <p>
        Until it is resumed, no run is made by: {row.triggers.map(({ text }) => text).join("; ")}. Runs under way go on,
        and it can still be run by hand.
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
