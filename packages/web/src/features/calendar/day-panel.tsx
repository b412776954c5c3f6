import { Link } from "@tanstack/react-router";
import { useRefusal } from "../../account/use-refusal.ts";
import type { CalendarDay, FlowCalendar } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Duration, Instant } from "../../ui/time.tsx";
import { coverText } from "../runs/run-text.ts";
import type { Chosen } from "./calendar-months.tsx";
import { countWords, sumOf } from "./day-words.ts";
import { longDay } from "./months.ts";

/** What there is of the day that is chosen, or of the days of a range. */
export function DayPanel({
  flow,
  calendar,
  chosen,
}: {
  readonly flow: string;
  readonly calendar: FlowCalendar;
  readonly chosen: Chosen;
}) {
  const isDay = chosen.day === chosen.until;
  const days = calendar.days.filter(({ day }) => day >= chosen.day && day <= chosen.until);
  const sum = sumOf(days);
  const title = isDay ? longDay(chosen.day) : `${chosen.day} to ${chosen.until}`;
  return (
    <Panel title={title} className="lg:sticky lg:top-0">
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-3 py-2">
        <p>{countWords(sum)}</p>
        <BackfillLink flow={flow} calendar={calendar} chosen={chosen} sum={sum} />
      </div>
      {isDay ? (
        <Day flow={flow} day={chosen.day} />
      ) : (
        <p className="px-3 py-2.5 text-ink-2">Choose one day to see its runs.</p>
      )}
    </Panel>
  );
}

/** Only what is over can be run again, and only where it is known what there should be. */
function BackfillLink({
  flow,
  calendar,
  chosen,
  sum,
}: {
  readonly flow: string;
  readonly calendar: FlowCalendar;
  readonly chosen: Chosen;
  readonly sum: CalendarDay;
}) {
  const refused = useRefusal("backfill.write", flow);
  const until = chosen.until < calendar.today ? chosen.until : calendar.today;
  if (calendar.by === "made" || chosen.day > until) return null;
  const text = sum.missing > 0 ? `Backfill ${sum.missing} missing` : "Backfill";
  if (refused !== undefined) return <Button refused={refused}>{text}</Button>;
  return (
    <Link
      to="/backfills/new"
      search={{ flow, from: chosen.day, to: until }}
      className={buttonClass(sum.missing > 0 ? "primary" : "plain")}
    >
      <Icon name="grid" size={14} /> {text}
    </Link>
  );
}

function Day({ flow, day }: { readonly flow: string; readonly day: string }) {
  const answer = useApi("getFlowDay", { params: { flow, day } });
  const found = answer.data;
  return (
    <Answered of={answer} rows={2}>
      {found === undefined ? null : (
        <ul className="max-h-[28rem] overflow-y-auto">
          {found.runs.map((run) => (
            <li key={run.id} className="border-b border-line last:border-b-0">
              <Link
                to="/runs/$run"
                params={{ run: run.id }}
                className="flex flex-wrap items-center gap-x-3 px-3 py-cell hover:bg-sunken"
              >
                <StateBadge state={run.state} />
                <span className="min-w-0 truncate">{coverText(run) ?? ""}</span>
                <span className="ml-auto flex gap-3 text-ink-2">
                  <Instant at={run.createdAt} />
                  <Duration from={run.createdAt} to={run.endedAt} />
                </span>
              </Link>
            </li>
          ))}
          {found.missing.map(({ key, window }) => (
            <li
              key={`${key} ${window.start}`}
              className="flex items-center gap-x-3 border-b border-line px-3 py-cell last:border-b-0"
            >
              <span className="flex items-center gap-1.5 font-medium text-blocked">
                <Icon name="blocked" size={14} /> Missing
              </span>
              <span className="truncate">{coverText({ slice: null, window }) ?? key}</span>
            </li>
          ))}
          {found.planned.map((at) => (
            <li key={at} className="flex items-center gap-x-3 border-b border-line px-3 py-cell last:border-b-0">
              <span className="flex items-center gap-1.5 text-ink-2">
                <Icon name="calendar" size={14} /> Planned
              </span>
              <Instant at={at} />
            </li>
          ))}
          {found.runs.length + found.missing.length + found.planned.length > 0 ? null : (
            <li className="px-3 py-2.5 text-ink-2">No run covers this day, and none is due.</li>
          )}
        </ul>
      )}
    </Answered>
  );
}
