import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import { server } from "../../api/server.ts";
import type { Flow } from "../../api/shapes.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { defaultsOf, type Schema } from "../launch/params-schema.ts";
import { AskForm } from "./ask-form.tsx";
import {
  askOf,
  backfillCommand,
  type Draft,
  EMPTY_DRAFT,
  type Subject,
  unaskedText,
  zoneOf,
  zoneOfPartitions,
} from "./backfill-ask.ts";
import { canBackfill } from "./backfills-page.tsx";
import { dayIn, daysAtFirst, type Extent, extentOf } from "./extent.ts";
import { PlanPanel } from "./plan-panel.tsx";

const route = getRouteApi("/backfills/new");

/** After the last key that is pressed, in milliseconds. */
const SETTLED_MS = 350;

/** Begins a backfill. Its plan stands beside the form, and nothing is begun that was not shown. */
export function NewBackfillPage() {
  const { flow: named, from, to } = route.useSearch();
  const navigate = useNavigate({ from: "/backfills/new" });
  const flows = useApi("listFlows");
  const known = (flows.data?.items ?? []).filter(canBackfill);
  // Nothing is asked that has one answer.
  const flow = named ?? (known.length === 1 ? known[0]?.name : undefined);
  const chosen = useApi("getFlow", { params: { flow: flow ?? "" } }, { enabled: flow !== undefined });
  const isCut = chosen.data?.partitioned === true;
  const partitions = useApi(
    "listPartitions",
    { params: { flow: flow ?? "" }, query: { limit: 1 } },
    { enabled: isCut },
  );
  const zone = zoneOfPartitions(chosen.data?.partitions);
  const extent = partitions.data === undefined || zone === null ? null : extentOf(partitions.data, zone);
  return (
    <Page
      title="New backfill"
      trail={
        <>
          <Link to="/backfills" className="hover:text-ink">
            Backfills
          </Link>
          <Icon name="chevron" size={12} />
        </>
      }
    >
      <Answered of={flows}>
        <label className="mb-4 flex w-fit items-center gap-2">
          <span className="font-medium">Flow</span>
          <select
            value={flow ?? ""}
            onChange={({ target }) =>
              void navigate({ search: { flow: target.value === "" ? undefined : target.value }, replace: true })
            }
            className="h-8 rounded-md border border-line-strong bg-raised px-2 max-sm:h-11"
          >
            <option value="">Choose…</option>
            {known.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {flow === undefined ? (
          <Empty icon="grid" title={known.length === 0 ? "No flow has a past to run" : "Which flow?"}>
            Those that are cut into partitions, and those that have a schedule, can run windows of the past.
          </Empty>
        ) : (
          <Answered of={isCut ? partitions : chosen}>
            {chosen.data === undefined ? null : (
              <BackfillForm key={flow} flow={chosen.data} extent={extent} given={{ from, to }} />
            )}
          </Answered>
        )}
      </Answered>
    </Page>
  );
}

function BackfillForm({
  flow,
  extent,
  given: { from, to },
}: {
  readonly flow: Flow;
  readonly extent: Extent | null;
  /** What is asked for already. */
  readonly given: { readonly from?: string | undefined; readonly to?: string | undefined };
}) {
  const schema = flow.params as Schema | null;
  const subject = subjectOf(flow, extent);
  const [draft, setDraft] = useState<Draft>(() => {
    const isGiven = from !== undefined || to !== undefined;
    const days = isGiven ? { from: from ?? "", to: to ?? "" } : daysAtFirst(subject.today, extent);
    return { ...EMPTY_DRAFT, ...days, params: defaultsOf(schema) };
  });
  const refused = useRefusal("backfill.write", flow.name);
  const navigate = useNavigate();
  const create = useChange("createBackfill");
  const ask = askOf(subject, draft);
  const text = JSON.stringify(ask);
  const settled = useSettled(text);
  const plan = useQuery({
    queryKey: ["planBackfill", settled],
    queryFn: ({ signal }) => server.call("planBackfill", { body: JSON.parse(settled ?? "{}") }, { signal }),
    enabled: settled !== undefined,
    // What ran since may be left out now: each time it is planned anew.
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  const begin = async (): Promise<void> => {
    if (ask === undefined) return;
    try {
      const { backfill } = await create.mutateAsync({ body: ask });
      await navigate({ to: "/backfills/$backfill", params: { backfill } });
    } catch {
      // The plan shows why.
    }
  };
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        <AskForm subject={subject} schema={schema} draft={draft} onChange={(more) => setDraft({ ...draft, ...more })} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <PlanPanel
          isAsked={ask !== undefined}
          why={unaskedText(subject, draft)}
          isOld={settled !== text || plan.isFetching}
          plan={settled === undefined ? undefined : plan.data}
          error={create.error ?? plan.error}
          refused={refused}
          isBusy={create.isPending}
          onBegin={() => void begin()}
          onRetry={() => void (create.error === null ? plan.refetch() : begin())}
        />
        {ask === undefined ? null : (
          <Panel
            title="As a command"
            aside={<CopyButton text={backfillCommand(subject, draft)} label="Copy the command" />}
          >
            <code className="block px-3 py-2.5 font-mono text-xs break-words">{backfillCommand(subject, draft)}</code>
          </Panel>
        )}
      </div>
    </div>
  );
}

function subjectOf(flow: Flow, extent: Extent | null): Subject {
  const partitionZone = zoneOfPartitions(flow.partitions);
  return {
    flow: flow.name,
    partitioned: flow.partitioned,
    schedules: flow.schedules,
    partitionZone,
    today: dayIn(Date.now(), partitionZone ?? zoneOf(flow.schedules[0]?.text ?? "")),
    extent,
  };
}

/** A text once nobody has changed it for a moment. */
function useSettled(text: string | undefined): string | undefined {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
