import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FlowCalendar } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered } from "../../ui/notices.tsx";
import { CalendarMonths, type Chosen } from "./calendar-months.tsx";
import { DayPanel } from "./day-panel.tsx";
import { LEGEND } from "./day-words.ts";
import { monthsBetween, monthText, wholeYearOf, yearsOf } from "./months.ts";

const route = getRouteApi("/flows/$flow");
/** How many months are looked at together. */
const MONTHS = 12;

/** How a flow went day by day, what is missing, and what its schedules will do. */
export function CalendarTab({ flow }: { readonly flow: string }) {
  const { day, until, to } = route.useSearch();
  const navigate = useNavigate({ from: "/flows/$flow" });
  const query = to === undefined ? {} : { from: monthStart(to, 1 - MONTHS), to: monthEnd(to) };
  const answer = useApi("getFlowCalendar", { params: { flow }, query });
  const calendar = answer.data;
  const isCut = useApi("getFlow", { params: { flow } }).data?.partitioned === true;
  const partitions = useApi("listPartitions", { params: { flow }, query: { limit: 1 } }, { enabled: isCut }).data;
  const chosen = chosenOf(day, until);
  const choose = (next: string, isRange: boolean): void => {
    const anchor = isRange ? (day ?? next) : next;
    void navigate({
      search: (old) => ({ ...old, day: anchor, until: next === anchor ? undefined : next }),
      replace: true,
    });
  };
  return (
    <Answered of={answer}>
      {calendar === undefined ? null : (
        <div className="flex flex-col gap-3">
          <Bar
            calendar={calendar}
            years={yearsOf(calendar, partitions)}
            onYear={(year) => void navigate({ search: (old) => ({ ...old, to: `${year}-12` }) })}
            onMove={(months) => {
              void navigate({ search: (old) => ({ ...old, to: monthStart(calendar.to, months).slice(0, 7) }) });
            }}
          />
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
            {chosen === undefined ? (
              <p className="order-2 text-ink-2 max-lg:order-none">
                Choose a day to see its runs; with <kbd className="font-mono">Shift</kbd>, a range.
              </p>
            ) : (
              <div className="order-2 min-w-0 max-lg:order-none">
                <DayPanel flow={flow} calendar={calendar} chosen={chosen} />
              </div>
            )}
            <section aria-label="Days" className="min-w-0 rounded-lg border border-line bg-surface p-3">
              <CalendarMonths calendar={calendar} chosen={chosen} onChoose={choose} />
            </section>
          </div>
        </div>
      )}
    </Answered>
  );
}

/** Which end was chosen first is of no matter. */
function chosenOf(day: string | undefined, until: string | undefined): Chosen | undefined {
  if (day === undefined) return undefined;
  const other = until ?? day;
  return day <= other ? { day, until: other } : { day: other, until: day };
}

interface BarProps {
  readonly calendar: FlowCalendar;
  /** Those that have partitions. */
  readonly years: readonly string[];
  readonly onYear: (year: string) => void;
  readonly onMove: (months: number) => void;
}

function Bar({ calendar, years, onYear, onMove }: BarProps) {
  const months = monthsBetween(calendar.from, calendar.to);
  const { by, timeZone, isPaused, knowsMissing } = calendar;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-ink-2">
      <div className="flex items-center">
        <IconButton icon="chevron" label="Earlier" className="rotate-180" onClick={() => onMove(-6)} />
        <span className="px-1 font-medium text-ink">
          {monthText(months[0]?.name ?? "")} to {monthText(months.at(-1)?.name ?? "")}
        </span>
        <IconButton icon="chevron" label="Later" onClick={() => onMove(6)} />
      </div>
      {years.length < 2 ? null : (
        <select
          aria-label="Year"
          value={wholeYearOf(calendar)}
          onChange={({ target }) => onYear(target.value)}
          className="h-7 rounded-md border border-line-strong bg-raised px-2 text-ink max-sm:h-9"
        >
          <option value="" disabled>
            Year
          </option>
          {years.map((year) => (
            <option key={year}>{year}</option>
          ))}
        </select>
      )}
      <span>
        {by === "window" ? "By the day on which a window starts" : "By the day on which runs were made"}, {timeZone}
      </span>
      {isPaused ? (
        <span className="flex items-center gap-1 text-blocked">
          <Icon name="pause" size={13} /> Paused: nothing is planned
        </span>
      ) : null}
      {by === "window" && !knowsMissing ? <span>Too many windows to look for missing ones</span> : null}
      <ul className="flex flex-wrap gap-x-3 sm:ml-auto" aria-label="Letters">
        {LEGEND.filter(({ letter }) => by === "window" || (letter !== "M" && letter !== "P")).map(
          ({ letter, text }) => (
            <li key={letter}>
              <span className="font-semibold text-ink">{letter}</span> {text}
            </li>
          ),
        )}
      </ul>
    </div>
  );
}

/** The first day of the month so many months after that of a day or month. */
function monthStart(day: string, months: number): string {
  const [year = 0, month = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

function monthEnd(day: string): string {
  const [year = 0, month = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}
