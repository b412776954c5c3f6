import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import type { CalendarDay, FlowCalendar } from "../../api/shapes.ts";
import { countWords, type DayLook, lookOf } from "./day-words.ts";
import { dayAfter, longDay, type Month, monthsBetween, monthText } from "./months.ts";

/** Colours are written out, so that the style sheet has them. */
const CELL: Readonly<Record<DayLook["tone"], string>> = {
  success: "border-transparent bg-success-soft text-success",
  failed: "border-failed bg-failed-soft text-failed",
  running: "border-transparent bg-running-soft text-running",
  blocked: "border-transparent bg-blocked-soft text-blocked",
  waiting: "border-transparent bg-waiting-soft text-waiting",
  idle: "border-transparent bg-idle-soft text-idle",
  missing: "border-dashed border-blocked bg-surface text-blocked",
  planned: "border-dotted border-line-strong bg-surface text-ink-2",
  none: "border-transparent text-ink-3",
};

/** Its number and its letter, drawn: what is read out is the name of the button, which says more. */
const SHOWN =
  "before:absolute before:top-0 before:left-1 before:text-[0.5625rem] before:leading-3 before:font-normal before:content-[attr(data-number)] after:pt-1 after:font-semibold after:content-[attr(data-letter)]";

const WEEK = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] as const;

/** Shown even where they are empty. */
const LEAST_MONTHS = 6;

export interface Chosen {
  readonly day: string;
  /** The last day of a range. */
  readonly until: string;
}

interface Props {
  readonly calendar: FlowCalendar;
  readonly chosen: Chosen | undefined;
  /** @param isRange goes on from the day that was chosen before. */
  readonly onChoose: (day: string, isRange: boolean) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** Days as squares, month by month. One of them takes the focus; arrows move it, and with Shift they take a range. */
export function CalendarMonths({ calendar, chosen, onChoose }: Props) {
  const { from, to, today } = calendar;
  const byDay = useMemo(() => new Map(calendar.days.map((day) => [day.day, day])), [calendar.days]);
  // The newest first: it is what people come for.
  const months = useMemo(() => {
    const all = monthsBetween(from, to).toReversed();
    // Nor is there anything to see where nothing was yet.
    const first = calendar.days[0]?.day ?? today;
    return all.filter(({ days }, place) => place < LEAST_MONTHS || (days.at(-1) ?? "") >= first);
  }, [from, to, today, calendar.days]);
  const box = useRef<HTMLDivElement>(null);
  const moved = useRef<string>(undefined);
  // One of them can always be reached.
  const wanted = chosen?.until ?? today;
  const current = wanted < from ? from : wanted > to ? to : wanted;
  useEffect(() => {
    if (moved.current !== current) return;
    moved.current = undefined;
    box.current?.querySelector<HTMLElement>(`[data-day="${current}"]`)?.focus();
  }, [current]);
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = dayAfter(current, step);
    if (next < from || next > to) return;
    moved.current = next;
    onChoose(next, event.shiftKey);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons in it
    <div
      ref={box}
      onKeyDown={move}
      className="grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-x-5 gap-y-4 max-sm:grid-cols-1"
    >
      {months.map((month) => (
        <MonthGrid
          key={month.name}
          month={month}
          byDay={byDay}
          today={today}
          current={current}
          chosen={chosen}
          onChoose={onChoose}
        />
      ))}
    </div>
  );
}

function MonthGrid({
  month: { name, before, days },
  byDay,
  today,
  current,
  chosen,
  onChoose,
}: {
  readonly month: Month;
  readonly byDay: ReadonlyMap<string, CalendarDay>;
  readonly today: string;
  readonly current: string;
  readonly chosen: Chosen | undefined;
  readonly onChoose: Props["onChoose"];
}) {
  return (
    <section aria-label={monthText(name)}>
      <h3 className="mb-1 font-medium">{monthText(name)}</h3>
      <div className="grid max-w-72 grid-cols-7 gap-0.5 max-sm:max-w-none">
        {WEEK.map((weekday) => (
          <span key={weekday} aria-hidden="true" className="text-center text-2xs text-ink-3">
            {weekday}
          </span>
        ))}
        {days.map((day, place) => {
          const found = byDay.get(day);
          const { letter, tone } = lookOf(found);
          const isChosen = chosen !== undefined && day >= chosen.day && day <= chosen.until;
          return (
            <button
              key={day}
              type="button"
              data-day={day}
              data-number={Number(day.slice(8))}
              data-letter={letter}
              tabIndex={day === current ? 0 : -1}
              aria-pressed={isChosen}
              aria-current={day === today ? "date" : undefined}
              aria-label={`${longDay(day)}: ${countWords(found)}`}
              title={`${longDay(day)}\n${countWords(found)}`}
              onClick={({ shiftKey }) => onChoose(day, shiftKey)}
              {...(place === 0 ? { ref: (cell) => startAt(cell, before + 1) } : {})}
              className={`${SHOWN} relative flex h-8 items-center justify-center rounded-sm border text-xs hover:brightness-95 max-sm:h-10 dark:hover:brightness-125 ${CELL[tone]} ${
                isChosen ? "z-10 outline-2 -outline-offset-1 outline-accent" : ""
              } ${day === today ? "font-bold underline underline-offset-2" : ""}`}
            />
          );
        })}
      </div>
    </section>
  );
}

/** The page's policy takes no styles in attributes. */
function startAt(cell: HTMLButtonElement | null, column: number): void {
  if (cell !== null) cell.style.gridColumnStart = String(column);
}
