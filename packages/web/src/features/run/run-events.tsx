import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { RunEvent } from "../../api/shapes.ts";
import { readOf } from "../../api/use-api.ts";
import { useZones, type Zones } from "../../app/flow-zone.tsx";
import { Answered } from "../../ui/notices.tsx";
import { instantText, timesText } from "../../ui/time-text.ts";
import { eventText, FIRST_EVENTS } from "./event-text.ts";

/** What happened in a run, the oldest first. */
export function RunEvents({ run }: { readonly run: string }) {
  const answer = useQuery(readOf("listRunEvents", { params: { run }, query: { limit: FIRST_EVENTS } }));
  const zones = useZones();
  return (
    <div className="rounded-lg border border-line bg-surface">
      <Answered of={answer} rows={8}>
        <ol className="py-1">
          {answer.data?.items.map((event) => (
            <Row key={event.seq} event={event} zones={zones} />
          ))}
        </ol>
        {answer.data?.next === null || answer.data === undefined ? null : (
          <p className="border-t border-line px-3 py-2 text-ink-2">The first {FIRST_EVENTS} events are shown.</p>
        )}
      </Answered>
    </div>
  );
}

function Row({ event, zones }: { readonly event: RunEvent; readonly zones: Zones }) {
  const { run, at, task } = event;
  return (
    <li className="flex gap-3 px-3 py-cell hover:bg-sunken/60 max-sm:flex-wrap max-sm:gap-x-2 max-sm:gap-y-0">
      <time
        dateTime={at}
        title={timesText(Date.parse(at), zones)}
        className="shrink-0 font-mono text-xs leading-5 text-ink-2"
      >
        {instantText(Date.parse(at), zones.shown, true).slice(11)}
      </time>
      <span className="w-52 shrink-0 truncate">
        {task === null ? (
          <span className="text-ink-2">the run</span>
        ) : (
          <Link to="/runs/$run/tasks/$task" params={{ run, task }} className="hover:text-accent">
            {task}
          </Link>
        )}
      </span>
      <span className="min-w-0 break-words text-ink-2">{eventText(event)}</span>
    </li>
  );
}
