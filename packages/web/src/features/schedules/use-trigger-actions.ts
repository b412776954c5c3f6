import { useNavigate } from "@tanstack/react-router";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Action } from "../../actions/registry.ts";
import type { Trigger } from "../../api/shapes.ts";
import { useAskPause } from "./use-ask-pause.ts";

/** What can be done about a schedule or a trigger: a schedule has no events to be given, so its flow is run. */
export function useTriggerActions(trigger: Trigger, onFire: () => void): readonly Action[] {
  const { flow, name, kind, paused } = trigger;
  const mayNotPause = useRefusal("trigger.pause", flow);
  const mayNotFire = useRefusal("trigger.fire", flow);
  const mayNotRun = useRefusal("run.start", flow);
  const navigate = useNavigate();
  const ask = useAskPause();
  const change: Action =
    paused === null
      ? {
          id: "trigger.pause",
          title: `Pause ${name} of ${flow}`,
          short: "Pause",
          icon: "pause",
          keys: "p",
          refused: mayNotPause,
          run: () => ask(flow, name),
        }
      : {
          id: "trigger.resume",
          title: `Resume ${name} of ${flow}`,
          short: "Resume",
          icon: "play",
          keys: "p",
          kind: "primary",
          refused: mayNotPause,
          run: () => ask(flow, name),
        };
  const now: Action =
    kind === "schedule"
      ? {
          id: "trigger.run",
          title: `Run ${flow} now`,
          short: "Run now",
          icon: "play",
          refused: mayNotRun,
          run: () => void navigate({ to: ".", search: (old) => ({ ...old, launch: flow }) as never }),
        }
      : {
          id: "trigger.fire",
          title: `Give ${name} of ${flow} an event`,
          short: "Fire",
          icon: "play",
          refused: mayNotFire,
          run: onFire,
        };
  return [change, now];
}
