import { useApi } from "../../api/use-api.ts";
import { instantText } from "../../ui/time-text.ts";
import { type Draft, type Subject, zoneIn } from "./backfill-ask.ts";

interface Preset {
  readonly text: string;
  readonly draft: Pick<Draft, "kind" | "from" | "to" | "reprocess">;
}

/** What people ask for most, a click away. */
export function Presets({
  subject,
  draft,
  onChoose,
}: {
  readonly subject: Subject;
  readonly draft: Draft;
  readonly onChoose: (draft: Preset["draft"]) => void;
}) {
  const { flow, partitioned } = subject;
  const first = useApi("listPartitions", { params: { flow }, query: { limit: 1 } }, { enabled: partitioned }).data;
  const zone = zoneIn(subject, draft);
  const start = first?.items[0]?.window?.start;
  const since = start === undefined ? undefined : instantText(Date.parse(start), zone).slice(0, 10);
  return (
    <fieldset>
      <legend className="sr-only">Presets</legend>
      <div className="flex flex-wrap gap-1.5">
        {presetsOf(instantText(Date.now(), zone).slice(0, 10), since).map(({ text, draft: given }) => {
          const isOn = given.from === draft.from && given.to === draft.to && given.reprocess === draft.reprocess;
          return (
            <button
              key={text}
              type="button"
              aria-pressed={isOn}
              onClick={() => onChoose(given)}
              className={`h-7 rounded-full border px-2.5 max-sm:h-9 ${isOn ? "border-accent bg-accent-soft text-ink" : "border-line bg-surface text-ink-2 hover:bg-sunken"}`}
            >
              {text}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}

/** @param today on the clock of the windows. @param since the first day that there is, where it is known. */
function presetsOf(today: string, since: string | undefined): readonly Preset[] {
  const yesterday = moved(today, -1);
  const month = `${today.slice(0, 7)}-01`;
  const lastMonth = `${moved(month, -1).slice(0, 7)}-01`;
  const days = (text: string, from: string, to: string): Preset => ({
    text,
    draft: { kind: "days", from, to, reprocess: "none" },
  });
  return [
    days("Yesterday", yesterday, yesterday),
    days("Last 7 days", moved(today, -7), yesterday),
    days("Last 30 days", moved(today, -30), yesterday),
    days("This month", month, today),
    days("Last month", lastMonth, moved(month, -1)),
    ...(since === undefined ? [] : [days("All holes", since, today)]),
  ];
}

function moved(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}
