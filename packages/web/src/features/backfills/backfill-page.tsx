import { isFinalRunState } from "@millrace/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { ActionButton } from "../../actions/action-button.tsx";
import { type Action, useActions } from "../../actions/registry.ts";
import { server } from "../../api/server.ts";
import { keyOf, useApi } from "../../api/use-api.ts";
import { OfFlow, useZones } from "../../app/flow-zone.tsx";
import { Page } from "../../app/page.tsx";
import { useVisited } from "../../app/visited.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Problem } from "../../ui/notices.tsx";
import { Fact, Panel } from "../../ui/panel.tsx";
import { againOf } from "../../ui/problem-text.ts";
import { Duration, Instant, useNow } from "../../ui/time.tsx";
import { durationText } from "../../ui/time-text.ts";
import { shortId } from "../runs/run-table.tsx";
import { byWhom } from "../runs/run-text.ts";
import {
  type Backfill,
  BackfillBadge,
  countsText,
  endedOf,
  numberText,
  runsText,
  windowText,
  windowTimes,
} from "./backfill-state.tsx";
import { type BackfillRun, cellsOf } from "./matrix-cells.ts";
import { paceOf, rateText } from "./pace.ts";
import { PartitionMatrix } from "./partition-matrix.tsx";
import { ProgressBar } from "./progress-bar.tsx";
import { type BackfillDialog, useBackfillActions } from "./use-backfill-actions.ts";

const CancelDialog = lazy(async () => ({ default: (await import("./cancel-dialog.tsx")).CancelDialog }));
const RetryDialog = lazy(async () => ({ default: (await import("./retry-dialog.tsx")).RetryDialog }));
const PaceDialog = lazy(async () => ({ default: (await import("./pace-dialog.tsx")).PaceDialog }));
const route = getRouteApi("/backfills/$backfill");

/** The most that the server gives at once, and so many pages of it: more cells than these nobody looks at. */
const PAGE = 1_000;
const MOST_CELLS = 100_000;

/** One backfill: how far it is, how fast it goes, and what became of each partition. */
export function BackfillPage() {
  const { backfill: id } = route.useParams();
  const answer = useApi("getBackfill", { params: { backfill: id } });
  if (answer.data !== undefined) {
    return (
      <OfFlow flow={answer.data.flow}>
        <Known backfill={answer.data} />
      </OfFlow>
    );
  }
  return (
    <Page title="Backfill" trail={<Trail />}>
      <Answered of={answer}>{null}</Answered>
    </Page>
  );
}

function Trail() {
  return (
    <>
      <Link to="/backfills" className="hover:text-ink">
        Backfills
      </Link>
      <Icon name="chevron" size={12} />
    </>
  );
}

function Known({ backfill }: { readonly backfill: Backfill }) {
  const { id, flow, state, runs, reason } = backfill;
  const [dialog, setDialog] = useState<BackfillDialog>();
  const { actions, error, again } = useBackfillActions(backfill, setDialog);
  useActions(actions);
  useVisited("backfill", `${flow} ${shortId(id)}`);
  const queries = useQueryClient();
  const key = keyOf("listBackfillRuns", { params: { backfill: id } });
  const made = useQuery<readonly BackfillRun[]>({
    queryKey: key,
    queryFn: ({ signal }) => readRuns(id, { known: queries.getQueryData(key), signal }),
  });
  const shown = made.data ?? [];
  const pace = actions.find(({ id: action }) => action === "backfill.pace");
  const onClose = (): void => setDialog(undefined);
  return (
    <Page
      title={`Backfill of ${flow} ${shortId(id)}`}
      state={state === "paused" ? undefined : state}
      trail={<Trail />}
      heading={
        <>
          <h1 className="truncate">
            <Link to="/flows/$flow" params={{ flow }} className="hover:text-accent">
              {flow}
            </Link>{" "}
            <span className="font-mono text-xs font-normal text-ink-3">{shortId(id)}</span>
          </h1>
          <BackfillBadge state={state} />
        </>
      }
      isUnderThumb
      actions={actions.map((action) => (action === pace ? null : <ActionButton key={action.id} action={action} />))}
    >
      <div className="flex flex-col gap-4">
        {error === null ? null : <Problem error={error} onRetry={againOf(error, again)} />}
        {reason === null ? null : (
          <p className="flex items-start gap-2 rounded-md bg-blocked-soft px-3 py-2.5">
            <Icon name="blocked" className="mt-0.5 text-blocked" />
            <span className="min-w-0 break-words">{reason}</span>
          </p>
        )}
        <Progress backfill={backfill} made={shown} pace={pace} />
        <Panel title="Partitions" aside={<span className="text-2xs text-ink-3">{runsText(runs)} in the plan</span>}>
          <Answered of={made}>
            <PartitionMatrix runs={shown} toCome={runs - backfill.made} />
            {shown.length < MOST_CELLS ? null : (
              <p className="border-t border-line px-3 py-2 text-ink-2">
                The first {numberText(MOST_CELLS)} runs are shown.
              </p>
            )}
          </Answered>
        </Panel>
      </div>
      <Suspense>
        {dialog === "cancel" ? <CancelDialog backfill={backfill} made={shown} onClose={onClose} /> : null}
        {dialog === "retry" ? <RetryDialog backfill={backfill} onClose={onClose} /> : null}
        {dialog === "pace" ? <PaceDialog backfill={backfill} onClose={onClose} /> : null}
      </Suspense>
    </Page>
  );
}

function Progress({
  backfill,
  made,
  pace,
}: {
  readonly backfill: Backfill;
  readonly made: readonly BackfillRun[];
  /** Changes how many are under way at once. */
  readonly pace: Action | undefined;
}) {
  const { state, runs, actor, version, createdAt, endedAt } = backfill;
  const now = useNow();
  const zones = useZones();
  const covers = coverOf(made, runs) ?? windowText(backfill, zones.shown);
  const { perMinute, leftMs } = paceOf(backfill, made, now);
  return (
    <Panel
      title="Progress"
      aside={
        pace === undefined ? null : (
          <Button kind="quiet" className="-mr-1.5" refused={pace.refused} title={pace.title} onClick={pace.run}>
            {pace.short}
          </Button>
        )
      }
    >
      <div className="border-b border-line p-3">
        <ProgressBar of={backfill} className="mb-2 h-2.5" />
        <p className="text-ink-2">
          <span className="font-medium text-ink">
            {runs === 0 ? 100 : Math.floor((100 * backfill.succeeded) / runs)} %
          </span>{" "}
          · {countsText(backfill)}
        </p>
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 p-3 md:grid-cols-4">
        <Fact name={endedAt === null ? "Rate, of late" : "Rate, on average"}>
          {perMinute === undefined ? "not known yet" : rateText(perMinute)}
        </Fact>
        <Fact name="Left">
          {leftMs === undefined ? (state === "running" ? "not known yet" : "–") : `about ${durationText(leftMs)}`}
        </Fact>
        <Fact name={endedAt === null ? "For" : "Took"}>
          <Duration from={createdAt} to={endedAt} />
        </Fact>
        {endedAt === null ? <Fact name="Under way">{underWayText(backfill)}</Fact> : null}
        <Fact name="Covers">
          <span title={[covers, windowTimes(backfill, zones)].join("\n").trim()}>{covers}</span>
        </Fact>
        <Fact name="Begun">
          <Instant at={createdAt} />
        </Fact>
        <Fact name="Ended">
          <Instant at={endedAt} />
        </Fact>
        <Fact name="Begun">{byWhom(actor)}</Fact>
        <Fact name="Version">
          <span className="font-mono text-xs" title={version}>
            {version.slice(0, 12)}
          </span>
        </Fact>
      </dl>
    </Panel>
  );
}

/** How many run now, and why no more of those that are to come. */
function underWayText(backfill: Backfill): string {
  const { state, runs, made, atOnce } = backfill;
  const open = made - endedOf(backfill);
  if (state === "paused") return `${open}; no more while it is paused`;
  if (state !== "running") return String(open);
  const isFull = open >= atOnce && made < runs;
  return isFull ? `${open}; the others wait: ${atOnce} at once` : `${open} of at most ${numberText(atOnce)}`;
}

/** From the first key to the last, once all are made. Windows of schedules have no keys. */
function coverOf(made: readonly BackfillRun[], runs: number): string | undefined {
  const cells = made.some(({ slice }) => slice === null) ? [] : cellsOf(made);
  const [first] = cells;
  const last = cells.at(-1);
  if (first === undefined || last === undefined || cells.length < runs) return undefined;
  return cells.length === 1 ? first.label : `${first.label} … ${last.label}`;
}

interface Before {
  readonly known: readonly BackfillRun[] | undefined;
  readonly signal: AbortSignal;
}

/**
 * Page after page, up to what is shown. Runs stand in the order in which they were made, so what is final before the first
 * that is not stays as it is: it is not read again.
 */
async function readRuns(backfill: string, { known = [], signal }: Before): Promise<readonly BackfillRun[]> {
  const open = known.findIndex(({ state }) => !isFinalRunState(state));
  const runs = known.slice(0, open < 0 ? known.length : open);
  let cursor: string | undefined = runs.length === 0 ? undefined : String(runs.length);
  do {
    const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const page = await server.call("listBackfillRuns", { params: { backfill }, query }, { signal });
    runs.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && runs.length < MOST_CELLS);
  return runs;
}
