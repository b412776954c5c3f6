import type { Tick } from "../../api/shapes.ts";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { TONE_TEXT, type Tone } from "../../ui/states.ts";

const OUTCOMES: Readonly<
  Record<Tick["outcome"], { readonly text: string; readonly icon: IconName; readonly tone: Tone }>
> = {
  run: { text: "Made a run", icon: "check", tone: "success" },
  known: { text: "Known already", icon: "dot", tone: "idle" },
  linked: { text: "Joined a run", icon: "link", tone: "success" },
  gathered: { text: "Gathered", icon: "hourglass", tone: "waiting" },
  skipped: { text: "Skipped", icon: "skip", tone: "idle" },
  failed: { text: "Failed", icon: "cross", tone: "failed" },
  polled: { text: "Nothing new", icon: "dot", tone: "idle" },
};

/** What became of a tick or an event: colour, icon and text. */
export function Outcome({ outcome }: Pick<Tick, "outcome">) {
  const { text, icon, tone } = OUTCOMES[outcome];
  return (
    <span className={`flex w-fit items-center gap-1.5 whitespace-nowrap ${TONE_TEXT[tone]}`}>
      <Icon name={icon} size={14} />
      {text}
    </span>
  );
}
