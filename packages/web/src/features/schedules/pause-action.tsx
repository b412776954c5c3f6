import { useRefusal } from "../../account/use-refusal.ts";
import type { Action } from "../../actions/registry.ts";
import type { Trigger } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { IconButton } from "../../ui/button.tsx";
import { isPaused, nothingToPause } from "./pause-state.ts";
import { useAskPause } from "./use-ask-pause.ts";

/** Pauses all that makes runs of a flow, or resumes it; undefined before it is known which. */
export function usePauseAction(flow: string): Action | undefined {
  const triggers = useApi("listTriggers", { query: { flow } }).data?.items;
  const mayNot = useRefusal("trigger.pause", flow);
  const ask = useAskPause();
  if (triggers === undefined) return undefined;
  const isOff = isPaused(triggers);
  return {
    id: isOff ? "flow.resume" : "flow.pause",
    title: `${isOff ? "Resume" : "Pause"} ${flow}`,
    short: isOff ? "Resume" : "Pause",
    icon: isOff ? "resume" : "pause",
    refused: nothingToPause(flow, triggers) ?? mayNot,
    run: () => ask(flow),
  };
}

/** The same beside what it is done to, in a row. */
export function PauseButton({
  flow,
  triggers,
  only,
}: {
  readonly flow: string;
  readonly triggers: readonly Pick<Trigger, "paused">[];
  /** One schedule or trigger of the flow. */
  readonly only?: string;
}) {
  const mayNot = useRefusal("trigger.pause", flow);
  const ask = useAskPause();
  const isOff = isPaused(triggers);
  return (
    <IconButton
      icon={isOff ? "resume" : "pause"}
      label={`${isOff ? "Resume" : "Pause"} ${only === undefined ? flow : `${only} of ${flow}`}`}
      refused={nothingToPause(flow, triggers) ?? mayNot}
      onClick={() => ask(flow, only)}
    />
  );
}
