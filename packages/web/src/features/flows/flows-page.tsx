import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { FlowSummary, Trigger } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { rank } from "../../app/rank.ts";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Instant } from "../../ui/time.tsx";
import { durationText } from "../../ui/time-text.ts";
import { BuildErrors } from "../code/build-errors.tsx";
import { RunButton } from "../launch/run-button.tsx";
import { medianMs, RunStrip, successShare } from "./run-strip.tsx";

const route = getRouteApi("/flows");
const HEAD = "px-3 py-1.5 text-left text-2xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 py-1.5 align-middle";

/** All flows, with how their last runs went and when the next one comes. */
export function FlowsPage() {
  const { q = "", tag } = route.useSearch();
  const navigate = useNavigate({ from: "/flows" });
  const answer = useApi("listFlows");
  const triggers = useApi("listTriggers").data?.items ?? [];
  const all = answer.data?.items ?? [];
  const tags = [...new Set(all.flatMap((each) => each.tags))].toSorted();
  const named = all.map((each) => ({ ...each, title: each.name }));
  const shown = rank(q, named).filter((each) => tag === undefined || each.tags.includes(tag));
  return (
    <Page title="Flows">
      <BuildErrors />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <label className="flex h-7 w-60 items-center gap-2 rounded-md border border-line-strong bg-raised px-2 focus-within:outline-2 focus-within:outline-accent max-sm:h-9 max-sm:w-full">
          <Icon name="search" size={14} className="text-ink-3" />
          <span className="sr-only">Search flows</span>
          <input
            value={q}
            placeholder="Search flows"
            onChange={({ target }) =>
              void navigate({ search: (old) => ({ ...old, q: target.value || undefined }), replace: true })
            }
            className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3"
          />
        </label>
        {tags.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === tag}
            onClick={() => void navigate({ search: (old) => ({ ...old, tag: each === tag ? undefined : each }) })}
            className={`h-7 rounded-full border px-2.5 max-sm:h-9 ${each === tag ? "border-accent bg-accent-soft text-ink" : "border-line bg-surface text-ink-2 hover:bg-sunken"}`}
          >
            {each}
          </button>
        ))}
      </div>
      <div className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface">
        <Answered of={answer} rows={8}>
          {shown.length > 0 ? <FlowTable flows={shown} triggers={triggers} /> : <NoFlows isFiltered={all.length > 0} />}
        </Answered>
      </div>
    </Page>
  );
}

function NoFlows({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty icon="search" title="No flow goes by that name" />;
  return (
    <Empty icon="flows" title="No flows yet">
      Write one in <code className="font-mono">flows/</code>, or let <code className="font-mono">millrace init</code>{" "}
      make a project with one. Flows with errors are named by <code className="font-mono">millrace check</code>.
    </Empty>
  );
}

function FlowTable({
  flows,
  triggers,
}: {
  readonly flows: readonly FlowSummary[];
  readonly triggers: readonly Trigger[];
}) {
  return (
    <div className="relative overflow-x-auto">
      <table className="w-full border-collapse" aria-label="Flows">
        <thead>
          <tr className="border-b border-line">
            <th className={HEAD}>Flow</th>
            <th className={`${HEAD} max-sm:hidden`}>Runs</th>
            <th className={`${HEAD} max-md:hidden`}>Next run</th>
            <th className={HEAD}>Last runs</th>
            <th className={`${HEAD} text-right max-lg:hidden`}>Succeeded</th>
            <th className={`${HEAD} text-right max-lg:hidden`}>Typically takes</th>
            <th className={HEAD}>
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {flows.map((flow) => (
            <FlowRow key={flow.name} flow={flow} triggers={triggers.filter((each) => each.flow === flow.name)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FlowRow({ flow, triggers }: { readonly flow: FlowSummary; readonly triggers: readonly Trigger[] }) {
  const { name, description, tags } = flow;
  const runs = useApi("listRuns", { query: { flow: name, limit: 30 } }).data?.items ?? [];
  const share = successShare(runs);
  const median = medianMs(runs);
  const next = triggers.flatMap(({ nextTick }) => (nextTick === null ? [] : [nextTick])).toSorted()[0];
  const isPaused = triggers.length > 0 && triggers.every(({ paused }) => paused !== null);
  return (
    <tr className="border-b border-line last:border-b-0 hover:bg-sunken/60">
      <td className={`${CELL} max-w-80`}>
        <div className="flex items-center gap-2">
          <Link to="/flows/$flow" params={{ flow: name }} className="truncate font-medium hover:text-accent">
            {name}
          </Link>
          {tags.map((tag) => (
            <span key={tag} className="rounded-sm bg-sunken px-1.5 text-2xs text-ink-2 max-lg:hidden">
              {tag}
            </span>
          ))}
        </div>
        <p className="truncate text-2xs text-ink-2">{description}</p>
      </td>
      <td className={`${CELL} text-ink-2 max-sm:hidden`}>
        {triggers.map(({ text }) => text).join("; ") || <span className="text-ink-3">by hand</span>}
      </td>
      <td className={`${CELL} text-ink-2 max-md:hidden`}>
        {isPaused ? (
          <span className="inline-flex items-center gap-1.5 text-blocked">
            <Icon name="pause" size={13} /> Paused
          </span>
        ) : (
          <Instant at={next ?? null} relative />
        )}
      </td>
      <td className={CELL}>
        <RunStrip runs={runs} />
      </td>
      <td className={`${CELL} text-right text-ink-2 max-lg:hidden`}>
        {share === null ? <span className="text-ink-3">–</span> : `${Math.round(share * 100)} %`}
      </td>
      <td className={`${CELL} text-right text-ink-2 max-lg:hidden`}>
        {median === null ? <span className="text-ink-3">–</span> : durationText(median)}
      </td>
      <td className={`${CELL} w-10`}>
        <RunButton flow={name} isIcon />
      </td>
    </tr>
  );
}
