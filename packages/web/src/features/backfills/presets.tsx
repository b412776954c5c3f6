import { say } from "../../ui/said.tsx";
import type { Draft, Subject } from "./backfill-ask.ts";
import { type Preset, presetsOf } from "./extent.ts";

/** What people ask for most, a click away. One with nothing in it is there, and says why. */
export function Presets({
  subject: { today, extent },
  draft,
  onChoose,
}: {
  readonly subject: Subject;
  readonly draft: Draft;
  readonly onChoose: (draft: Preset["draft"]) => void;
}) {
  return (
    <fieldset>
      <legend className="sr-only">Presets</legend>
      <div className="flex flex-wrap gap-1.5">
        {presetsOf(today, extent).map(({ text, draft: given, refused }) => {
          const isOn = given.from === draft.from && given.to === draft.to && given.reprocess === draft.reprocess;
          return (
            <button
              key={text}
              type="button"
              aria-pressed={isOn}
              aria-disabled={refused !== undefined}
              title={refused}
              onClick={() => (refused === undefined ? onChoose(given) : say(refused))}
              className={`h-7 rounded-full border px-2.5 aria-disabled:cursor-default aria-disabled:opacity-50 max-sm:h-11 ${isOn ? "border-accent bg-accent-soft text-ink" : "border-line bg-surface text-ink-2 hover:bg-sunken"}`}
            >
              {text}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
