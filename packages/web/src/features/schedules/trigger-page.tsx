import type { RouteOutput } from "@millrace/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { ActionButton } from "../../actions/action-button.tsx";
import { useActions } from "../../actions/registry.ts";
import { server } from "../../api/server.ts";
import type { Trigger } from "../../api/shapes.ts";
import { keyOf, useApi } from "../../api/use-api.ts";
import { InZone, OfFlow } from "../../app/flow-zone.tsx";
import { Page } from "../../app/page.tsx";
import { useVisited } from "../../app/visited.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { zoneOf } from "../backfills/backfill-ask.ts";
import { byWhom } from "../runs/run-text.ts";
import { ForecastPanel } from "./forecast-panel.tsx";
import { type Forecast, missedText } from "./forecast-text.ts";
import { NextTick } from "./next-tick.tsx";
import { TickTable } from "./tick-table.tsx";
import { TriggerAbout } from "./trigger-about.tsx";
import { TriggerState } from "./trigger-state.tsx";
import { TryPanel } from "./try-panel.tsx";
import { useTriggerActions } from "./use-trigger-actions.ts";

const FireDialog = lazy(async () => ({ default: (await import("./fire-dialog.tsx")).FireDialog }));
const route = getRouteApi("/schedules/$flow/$trigger");
const PAGE = 50;

/** One schedule, sensor or other trigger. */
export function TriggerPage() {
  const { flow, trigger: name } = route.useParams();
  const answer = useApi("listTriggers", { query: { flow } });
  const trigger = answer.data?.items.find((each) => each.name === name);
  if (trigger?.kind === "schedule") {
    return (
      <InZone zone={zoneOf(trigger.text)}>
        <Known trigger={trigger} />
      </InZone>
    );
  }
  if (trigger !== undefined) {
    return (
      <OfFlow flow={flow}>
        <Known trigger={trigger} />
      </OfFlow>
    );
  }
  return (
    <Page title={`${name} of ${flow}`} trail={<Trail />}>
      <Answered of={answer}>
        <Empty icon="calendar" title={`The flow ${flow} has no schedule or trigger ${name}`}>
          It may have been taken out of the code since.
        </Empty>
      </Answered>
    </Page>
  );
}

function Trail() {
  return (
    <>
      <Link to="/schedules" className="hover:text-ink">
        Schedules and sensors
      </Link>
      <Icon name="chevron" size={12} />
    </>
  );
}

function Known({ trigger }: { readonly trigger: Trigger }) {
  const { flow, name, kind, text, paused } = trigger;
  const [isFiring, setFiring] = useState(false);
  const actions = useTriggerActions(trigger, () => setFiring(true));
  const forecast = useApi("forecastTrigger", { params: { flow, trigger: name }, query: { count: 1 } }).data;
  useActions(actions);
  useVisited("schedule", `${trigger.name} of ${trigger.flow}`);
  return (
    <Page
      title={`${flow}: ${text}`}
      trail={<Trail />}
      heading={
        <>
          <h1 className="min-w-0 break-words">{text}</h1>
          <TriggerState trigger={trigger} />
        </>
      }
      isUnderThumb
      actions={actions.map((action) => <ActionButton key={action.id} action={action} />)}
    >
      <div className="flex flex-col gap-4">
        <WhyNoRuns paused={paused} forecast={forecast} />
        <div className={`grid gap-4 ${kind === "schedule" ? "lg:grid-cols-2" : ""}`}>
          {kind === "schedule" ? <NextTickPanel trigger={trigger} /> : null}
          <TriggerAbout trigger={trigger} forecast={forecast} />
        </div>
        {kind === "schedule" ? <ForecastPanel trigger={trigger} /> : <TryPanel trigger={trigger} />}
        <Ticks flow={flow} trigger={name} />
      </div>
      {isFiring ? (
        <Suspense>
          <FireDialog trigger={trigger} onClose={() => setFiring(false)} />
        </Suspense>
      ) : null}
    </Page>
  );
}

interface WhyNoRunsProps {
  readonly paused: Trigger["paused"];
  readonly forecast: Forecast | undefined;
}

/** Who paused it and what it has missed since, or what else keeps it from making runs. */
function WhyNoRuns({ paused, forecast }: WhyNoRunsProps) {
  if (paused === null) {
    return forecast?.why == null ? null : (
      <p className="flex items-start gap-2 rounded-md bg-waiting-soft px-3 py-2.5">
        <Icon name="hourglass" className="mt-0.5 text-waiting" />
        {forecast.why}
      </p>
    );
  }
  const missed = forecast === undefined ? null : missedText(forecast);
  return (
    <p className="flex flex-wrap items-center gap-x-2 rounded-md bg-blocked-soft px-3 py-2.5">
      <Icon name="pause" className="text-blocked" />
      Paused {byWhom(paused.by)} <Instant at={paused.at} relative />
      {paused.reason === null ? null : <span className="text-ink-2">{paused.reason}</span>}
      {missed === null ? null : <span className="basis-full pl-6 text-ink-2 max-sm:pl-0">{missed}</span>}
    </p>
  );
}

function NextTickPanel({ trigger }: { readonly trigger: Trigger }) {
  return (
    <Panel title="Next tick">
      {trigger.paused === null ? (
        <NextTick trigger={trigger} />
      ) : (
        <p className="px-3 py-4 text-ink-2">None, for as long as it is paused.</p>
      )}
    </Panel>
  );
}

function Ticks({ flow, trigger }: { readonly flow: string; readonly trigger: string }) {
  const query = { flow, trigger, limit: PAGE };
  const answer = useInfiniteQuery({
    queryKey: [...keyOf("listTicks", { query }), "pages"],
    queryFn: ({ pageParam, signal }) =>
      server.call(
        "listTicks",
        { query: pageParam === null ? query : { ...query, cursor: pageParam } },
        { signal },
      ) as Promise<RouteOutput<"listTicks">>,
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const ticks = answer.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Panel title="What became of its ticks and events">
      <Answered of={answer}>
        {ticks.length === 0 ? (
          <p className="px-3 py-4 text-ink-2">Nothing has come yet.</p>
        ) : (
          <TickTable ticks={ticks} />
        )}
        {answer.hasNextPage ? (
          <div className="flex justify-center border-t border-line p-2">
            <Button disabled={answer.isFetchingNextPage} onClick={() => void answer.fetchNextPage()}>
              Show older ones
            </Button>
          </div>
        ) : null}
      </Answered>
    </Panel>
  );
}
