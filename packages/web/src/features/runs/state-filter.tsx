import type { Run } from "../../api/shapes.ts";
import { Icon } from "../../ui/icon.tsx";
import { LOOKS, TONE_TEXT } from "../../ui/states.ts";

const STATES: readonly Run["state"][] = ["running", "queued", "failed", "success", "cancelled"];

/** Which states to show; none chosen means all. */
export function StateFilter({
  chosen,
  onChoose,
}: {
  readonly chosen: readonly string[];
  readonly onChoose: (chosen: string[]) => void;
}) {
  return (
    <fieldset className="flex flex-wrap items-center gap-1">
      <legend className="sr-only">States</legend>
      {STATES.map((state) => {
        const { text, icon, tone } = LOOKS[state];
        const isOn = chosen.includes(state);
        return (
          <button
            key={state}
            type="button"
            aria-pressed={isOn}
            onClick={() => onChoose(isOn ? chosen.filter((each) => each !== state) : [...chosen, state])}
            className={`inline-flex h-7 items-center gap-1.5 rounded-full border px-2.5 max-sm:h-11 ${isOn ? "border-accent bg-accent-soft text-ink" : "border-line bg-surface text-ink-2 hover:bg-sunken"}`}
          >
            <Icon name={icon} size={13} className={TONE_TEXT[tone]} />
            {text}
          </button>
        );
      })}
    </fieldset>
  );
}
