import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { Trigger } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { OfFlow } from "../../app/flow-zone.tsx";
import { Page } from "../../app/page.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Instant } from "../../ui/time.tsx";
import { byWhom } from "../runs/run-text.ts";
import { Outcome } from "./outcome.tsx";
import { PauseButton } from "./pause-action.tsx";
import { kindOf, nameText, TriggerState } from "./trigger-state.tsx";

const HEAD = "px-3 py-1.5 text-left text-2xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 py-cell align-middle";
const route = getRouteApi("/schedules");

/** All schedules and triggers: whether they work, what comes next, and what became of the last tick. */
export function SchedulesPage() {
  const { q = "" } = route.useSearch();
  const navigate = useNavigate({ from: "/schedules" });
  const answer = useApi("listTriggers");
  const all = answer.data?.items ?? [];
  const shown = all.filter((trigger) => textOf(trigger).includes(q.toLowerCase())).toSorted(byTrouble);
  return (
    <Page title="Schedules and sensors">
      <label className="mb-3 flex w-fit items-center">
        <span className="sr-only">Search schedules and sensors</span>
        <input
          type="search"
          value={q}
          placeholder="Flow, kind or text"
          onChange={({ target }) => void navigate({ search: { q: target.value || undefined }, replace: true })}
          className="h-7 w-60 rounded-md border border-line-strong bg-raised px-2 placeholder:text-ink-3 max-sm:h-11"
        />
      </label>
      <div className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface">
        <Answered of={answer}>
          {shown.length === 0 ? (
            <Empty icon="calendar" title={all.length === 0 ? "Nothing runs by itself" : "Nothing like that"}>
              {all.length === 0
                ? 'Give a flow a schedule, such as cron("0 6 * * *"), or a trigger, in its options.'
                : "Search for other words, or for none to see all."}
            </Empty>
          ) : (
            <TriggerTable triggers={shown} />
          )}
        </Answered>
      </div>
    </Page>
  );
}

function textOf({ flow, name, kind, text }: Trigger): string {
  return `${flow} ${name} ${kindOf({ kind }).text} ${text}`.toLowerCase();
}

/** What fails goes first, then what is paused; else by flow. */
function byTrouble(a: Trigger, b: Trigger): number {
  return troubleOf(b) - troubleOf(a) || a.flow.localeCompare(b.flow) || a.name.localeCompare(b.name);
}

function troubleOf({ paused, failures }: Trigger): number {
  return paused === null ? (failures > 0 ? 2 : 0) : 1;
}

function TriggerTable({ triggers }: { readonly triggers: readonly Trigger[] }) {
  return (
    <div className="@container relative overflow-x-auto">
      <table className="w-full border-collapse" aria-label="Schedules and sensors">
        <thead>
          <tr className="border-b border-line">
            <th className={`${HEAD} w-28 @max-md:w-20`}>State</th>
            <th className={HEAD}>What</th>
            <th className={`${HEAD} @max-2xl:hidden`}>Flow</th>
            <th className={HEAD}>Next</th>
            <th className={`${HEAD} @max-lg:hidden`}>Last outcome</th>
            <th className={`${HEAD} @max-2xl:hidden`}>Last</th>
            <th className={`${HEAD} w-10`}>
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {triggers.map((trigger) => (
            <OfFlow key={`${trigger.flow} ${trigger.name}`} flow={trigger.flow}>
              <TriggerRow trigger={trigger} />
            </OfFlow>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TriggerRow({ trigger }: { readonly trigger: Trigger }) {
  const { flow, name, text, nextTick, last, paused } = trigger;
  return (
    <tr className="border-b border-line last:border-b-0 hover:bg-sunken/60">
      <td className={CELL}>
        <TriggerState trigger={trigger} />
      </td>
      <td className={CELL}>
        <Link
          to="/schedules/$flow/$trigger"
          params={{ flow, trigger: name }}
          className="flex items-start gap-2 font-medium hover:text-accent"
        >
          <Icon name={kindOf(trigger).icon} className="mt-0.5 text-ink-3" />
          <span className="min-w-0 break-words">{text}</span>
        </Link>
        <p className="pl-6 text-2xs text-ink-2">
          <span className="@min-2xl:hidden">{flow} · </span>
          {nameText(trigger)}
          {paused === null ? "" : ` · paused ${byWhom(paused.by)}${paused.reason === null ? "" : `: ${paused.reason}`}`}
        </p>
      </td>
      <td className={`${CELL} @max-2xl:hidden`}>
        <Link to="/flows/$flow" params={{ flow }} className="hover:text-accent">
          {flow}
        </Link>
      </td>
      <td className={`${CELL} text-ink-2`}>
        <Instant at={nextTick} relative />
      </td>
      <td className={`${CELL} @max-lg:hidden`}>
        {last === null ? <span className="text-ink-3">–</span> : <Outcome outcome={last.outcome} />}
      </td>
      <td className={`${CELL} text-ink-2 @max-2xl:hidden`}>
        <Instant at={last?.at ?? null} relative />
      </td>
      <td className={`${CELL} text-right`}>
        <PauseButton flow={flow} triggers={[trigger]} only={name} />
      </td>
    </tr>
  );
}
