import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useId } from "react";
import type { Trigger } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { zoneName } from "../../app/preferences.ts";
import { Icon } from "../../ui/icon.tsx";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { instantText } from "../../ui/time-text.ts";
import { zoneOf } from "../backfills/backfill-ask.ts";
import { type Column, DataTable } from "../manage/data-table.tsx";
import { INPUT } from "../manage/field.tsx";
import { type ForecastTick, noteText, spanText } from "./forecast-text.ts";
import { instantIn } from "./local-instant.ts";

const route = getRouteApi("/schedules/$flow/$trigger");
const COUNTS = [5, 10, 25, 50, 100, 200];
const ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

/** What a schedule would do, from any moment on and in any zone: nothing of it is done. */
export function ForecastPanel({ trigger }: { readonly trigger: Trigger }) {
  const { from, zone, count = 5 } = route.useSearch();
  const { flow, name } = trigger;
  const own = zoneOf(trigger.text);
  const asked = zone ?? own;
  const at = from === undefined ? undefined : instantIn(from, ZONES.includes(asked) ? asked : own);
  const answer = useApi("forecastTrigger", {
    params: { flow, trigger: name },
    query: {
      count,
      ...(at === undefined ? {} : { from: at }),
      ...(zone === undefined || !ZONES.includes(zone) ? {} : { timeZone: zone }),
    },
  });
  const ticks = answer.data?.ticks ?? null;
  return (
    <Panel title="Dry run">
      <Controls own={own} />
      <Answered of={answer}>
        {ticks === null ? (
          <p className="px-3 py-4 text-ink-2">
            The calendar does not tell its ticks: the next run is made when the one before has ended.
          </p>
        ) : ticks.length === 0 ? (
          <p className="px-3 py-4 text-ink-2">It has no tick any more from then on.</p>
        ) : (
          <DataTable
            label="Next ticks"
            columns={columnsOf(answer.data?.timeZone ?? "UTC")}
            rows={ticks}
            idOf={({ at: each, window }) => `${each} ${window === null}`}
          />
        )}
      </Answered>
    </Panel>
  );
}

function Controls({ own }: { readonly own: string }) {
  const { from = "", zone = "", count = 5 } = route.useSearch();
  const navigate = useNavigate({ from: "/schedules/$flow/$trigger" });
  const id = useId();
  const set = (part: Readonly<Record<string, string | number | undefined>>): void =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false });
  return (
    <div className="flex flex-wrap items-end gap-3 border-b border-line px-3 py-2.5">
      <label className="flex flex-col gap-1 text-2xs text-ink-2" htmlFor={`${id}-from`}>
        As of
        <input
          id={`${id}-from`}
          type="datetime-local"
          value={from}
          onChange={({ target }) => set({ from: target.value === "" ? undefined : target.value })}
          className={`${INPUT} w-52! text-sm text-ink`}
        />
      </label>
      <label className="flex flex-col gap-1 text-2xs text-ink-2" htmlFor={`${id}-zone`}>
        As if in the time zone
        <input
          id={`${id}-zone`}
          list={`${id}-zones`}
          defaultValue={zone}
          placeholder={own}
          aria-invalid={zone !== "" && !ZONES.includes(zone)}
          onChange={({ target }) =>
            (target.value === "" || ZONES.includes(target.value)) && set({ zone: target.value || undefined })
          }
          className={`${INPUT} w-52! text-sm text-ink`}
        />
        <datalist id={`${id}-zones`}>
          {ZONES.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </label>
      <label className="flex flex-col gap-1 text-2xs text-ink-2" htmlFor={`${id}-count`}>
        Ticks
        <select
          id={`${id}-count`}
          value={count}
          onChange={({ target }) => set({ count: Number(target.value) })}
          className={`${INPUT} w-20! text-sm text-ink`}
        >
          {(COUNTS.includes(count) ? COUNTS : [...COUNTS, count]).map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** On the clocks that somebody may think in, each once. */
function columnsOf(zone: string): readonly Column<ForecastTick>[] {
  const local = zoneName("local");
  const clocks = [
    { name: zone, zone },
    ...(local === zone || local === "UTC" ? [] : [{ name: `${local} (yours)`, zone: local, from: "md" as const }]),
    ...(zone === "UTC" ? [] : [{ name: "UTC", zone: "UTC", from: "md" as const }]),
  ];
  return [
    ...clocks.map(
      (clock): Column<ForecastTick> => ({
        name: clock.name,
        ...("from" in clock ? { from: clock.from } : {}),
        show: ({ at, window }) => (
          <span className={`whitespace-nowrap ${window === null ? "text-ink-3 line-through" : ""}`}>
            {weekdayText(at, clock.zone)} {instantText(Date.parse(at), clock.zone).slice(0, 16)}
          </span>
        ),
      }),
    ),
    {
      name: "Covers",
      from: "sm",
      show: ({ window }) =>
        window === null || window.start === window.end ? (
          <span className="text-ink-3">–</span>
        ) : (
          <span className="whitespace-nowrap text-ink-2">
            {spanText(Date.parse(window.end) - Date.parse(window.start))} before it
          </span>
        ),
    },
    { name: "Notes", show: (tick) => <Notes tick={tick} /> },
  ];
}

function Notes({ tick }: { readonly tick: ForecastTick }) {
  // That the clock was set is what goes over a time: once is enough.
  const isOver = tick.notes.some(({ kind }) => kind === "never_shown");
  const notes = tick.notes.filter(({ kind }) => kind !== "clock_set" || !isOver);
  return (
    <ul>
      {notes.map((note) => (
        <li key={note.kind} className="flex items-start gap-1.5 text-ink-2">
          <Icon
            name={note.kind === "left_out" ? "skip" : "clock"}
            size={13}
            className={`mt-1 ${note.kind === "left_out" ? "text-ink-3" : "text-blocked"}`}
          />
          {noteText(note)}
        </li>
      ))}
    </ul>
  );
}

const weekdays = new Map<string, Intl.DateTimeFormat>();

function weekdayText(at: string, zone: string): string {
  const format = weekdays.get(zone) ?? new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: zone });
  weekdays.set(zone, format);
  return format.format(Date.parse(at));
}
