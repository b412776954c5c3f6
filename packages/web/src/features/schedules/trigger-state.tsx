import type { Trigger } from "../../api/shapes.ts";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { TONE_TEXT, type Tone } from "../../ui/states.ts";

/** Whether it works: colour, icon and text. */
export function TriggerState({ trigger }: { readonly trigger: Trigger }) {
  const { text, icon, tone } = lookOf(trigger);
  return (
    <span className={`flex w-fit items-center gap-1.5 font-medium whitespace-nowrap ${TONE_TEXT[tone]}`}>
      <Icon name={icon} size={14} />
      {text}
    </span>
  );
}

function lookOf({ paused, failures, isFollowed }: Trigger): {
  readonly text: string;
  readonly icon: IconName;
  readonly tone: Tone;
} {
  if (paused !== null) return { text: "Paused", icon: "pause", tone: "blocked" };
  if (failures > 0) return { text: "Failing", icon: "cross", tone: "failed" };
  if (!isFollowed) return { text: "Not followed", icon: "hourglass", tone: "waiting" };
  return { text: "On", icon: "check", tone: "success" };
}

const KINDS: Readonly<Record<Trigger["kind"], { readonly text: string; readonly icon: IconName }>> = {
  schedule: { text: "schedule", icon: "calendar" },
  webhook: { text: "webhook", icon: "link" },
  sensor: { text: "sensor", icon: "search" },
  file: { text: "files", icon: "list" },
  flow_finished: { text: "after a flow", icon: "flows" },
};

export function kindOf({ kind }: Pick<Trigger, "kind">): (typeof KINDS)[Trigger["kind"]] {
  return KINDS[kind];
}

/** Its name where it has one of its own, and what kind it is. */
export function nameText({ name, kind }: Pick<Trigger, "name" | "kind">): string {
  const { text } = KINDS[kind];
  return name === "default" || name === kind ? text : `${name}, ${text}`;
}
