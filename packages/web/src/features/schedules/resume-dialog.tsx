import { useQueries } from "@tanstack/react-query";
import type { Trigger } from "../../api/shapes.ts";
import { readOf } from "../../api/use-api.ts";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";
import { missedText, resumeVerb } from "./forecast-text.ts";

/** Says what was missed meanwhile and what of it runs at once, before a flow's schedules and triggers are resumed. */
export function ResumeDialog({
  flow,
  only,
  of,
  onClose,
}: {
  readonly flow: string;
  readonly only: string | undefined;
  /** Those that are resumed: all of the flow, or one. */
  readonly of: readonly Trigger[];
  readonly onClose: () => void;
}) {
  const paused = of.filter((trigger) => trigger.paused !== null);
  const schedules = paused.filter(({ kind }) => kind === "schedule");
  const forecasts = useQueries({
    queries: schedules.map(({ name }) =>
      readOf("forecastTrigger", { params: { flow, trigger: name }, query: { count: 1 } }),
    ),
  });
  const resume = useAct("resumeTrigger", "listTriggers", "forecastTrigger");
  const known = forecasts.flatMap(({ data }) => (data === undefined ? [] : [data]));
  const submit = async (): Promise<void> => {
    for (const { name } of paused) {
      if ((await resume.act({ params: { flow, trigger: name } })) === undefined) return;
    }
    onClose();
  };
  return (
    <FormDialog
      title={`Resume ${only === undefined ? flow : `${only} of ${flow}`}`}
      verb={resumeVerb(known)}
      of={resume}
      canSubmit={known.length === schedules.length || forecasts.some(({ isError }) => isError)}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <ul className="flex flex-col gap-2">
        {paused.map(({ name, text, kind }) => {
          const forecast = forecasts[schedules.findIndex((each) => each.name === name)]?.data;
          return (
            <li key={name}>
              <p className="font-medium">{text}</p>
              <p className="text-ink-2">
                {kind !== "schedule"
                  ? "It makes runs of events again."
                  : forecast === undefined
                    ? "Looking for missed ticks…"
                    : missedText(forecast)}
              </p>
            </li>
          );
        })}
      </ul>
    </FormDialog>
  );
}
