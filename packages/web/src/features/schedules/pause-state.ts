import type { Trigger } from "../../api/shapes.ts";
import { byWhom } from "../runs/run-text.ts";

type Known = Pick<Trigger, "paused" | "text">;

/** Why a flow can be neither paused nor resumed; undefined where it can. */
export function nothingToPause(flow: string, triggers: readonly unknown[]): string | undefined {
  return triggers.length > 0
    ? undefined
    : `${flow} has no schedule and no trigger: nothing runs by itself, so there is nothing to pause.`;
}

/** A flow is paused when all that makes runs of it is. */
export function isPaused(triggers: readonly Pick<Trigger, "paused">[]): boolean {
  return triggers.length > 0 && triggers.every(({ paused }) => paused !== null);
}

/** `Paused by hand: the bank moves`, `1 of 2 schedules and triggers is paused`; undefined where none is. */
export function pausedText(triggers: readonly Known[]): string | undefined {
  const paused = triggers.flatMap((trigger) => (trigger.paused === null ? [] : [trigger.paused]));
  const [first] = paused;
  if (first === undefined) return undefined;
  if (paused.length < triggers.length) {
    return `${paused.length} of ${triggers.length} schedules and triggers ${paused.length === 1 ? "is" : "are"} paused`;
  }
  return `Paused ${byWhom(first.by)}${first.reason === null ? "" : `: ${first.reason}`}`;
}
