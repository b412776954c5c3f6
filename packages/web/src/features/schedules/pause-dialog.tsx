import { useState } from "react";
import type { Trigger } from "../../api/shapes.ts";
import { TextField } from "../manage/field.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";
import { isPaused } from "./pause-state.ts";
import { ResumeDialog } from "./resume-dialog.tsx";

interface Props {
  readonly flow: string;
  /** One schedule or trigger of it; undefined for all that it has. */
  readonly only: string | undefined;
  readonly of: readonly Trigger[];
  readonly onClose: () => void;
}

/** Pauses what is not paused, and resumes what is. */
export function PauseDialog(props: Props) {
  // What is asked stays what it is while it is done.
  const [isOff] = useState(() => isPaused(props.of));
  return isOff ? <ResumeDialog {...props} /> : <AskWhy {...props} />;
}

/** Says what a pause does, and keeps why: whoever finds it paused at night reads it. */
function AskWhy({ flow, only, of, onClose }: Props) {
  const [reason, setReason] = useState("");
  const pauseAll = useAct("pauseTriggers", "listTriggers", "forecastTrigger");
  const pauseOne = useAct("pauseTrigger", "listTriggers", "forecastTrigger");
  const submit = async (): Promise<void> => {
    const body = { reason: reason.trim() === "" ? null : reason.trim() };
    const done =
      only === undefined
        ? await pauseAll.act({ params: { flow }, body })
        : await pauseOne.act({ params: { flow, trigger: only }, body });
    if (done !== undefined) onClose();
  };
  return (
    <FormDialog
      title={`Pause ${only === undefined ? flow : `${only} of ${flow}`}`}
      verb="Pause"
      of={only === undefined ? pauseAll : pauseOne}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>
        Until it is resumed, no run is made by: {of.map(({ text }) => text).join("; ")}. Runs under way go on, and it
        can still be run by hand.
        {of.some(({ kind }) => kind === "schedule")
          ? " Resuming says first what was missed meanwhile, and what of it is made up for."
          : ""}
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
