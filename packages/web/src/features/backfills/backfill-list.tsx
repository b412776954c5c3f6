import type { RouteOutput } from "@millrace/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { server } from "../../api/server.ts";
import { keyOf } from "../../api/use-api.ts";
import { OfFlow, useZones } from "../../app/flow-zone.tsx";
import { Button } from "../../ui/button.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Duration, Instant } from "../../ui/time.tsx";
import { shortId } from "../runs/run-table.tsx";
import { personText } from "../runs/run-text.ts";
import { type Backfill, BackfillBadge, endedOf, numberText, windowText, windowTimes } from "./backfill-state.tsx";
import { ProgressBar } from "./progress-bar.tsx";

const PAGE = 50;
const HEAD = "px-3 py-1.5 text-left text-2xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 h-row align-middle";

/** Backfills, the newest first: of one flow, or of all. */
export function BackfillList({ flow }: { readonly flow?: string | undefined }) {
  const query = { limit: PAGE, ...(flow === undefined ? {} : { flow }) };
  const answer = useInfiniteQuery({
    queryKey: [...keyOf("listBackfills", { query }), "pages"],
    queryFn: ({ pageParam, signal }) =>
      server.call(
        "listBackfills",
        { query: pageParam === null ? query : { ...query, cursor: pageParam } },
        { signal },
      ) as Promise<RouteOutput<"listBackfills">>,
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const all = answer.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface">
      <Answered of={answer}>
        {all.length === 0 ? (
          <Empty icon="grid" title="No backfills yet">
            A backfill runs many partitions or windows of the past: those that are missing, those that failed, or all of
            them again. It shows its plan before it begins.
          </Empty>
        ) : (
          <BackfillTable backfills={all} withFlow={flow === undefined} />
        )}
        {answer.hasNextPage ? (
          <div className="flex justify-center border-t border-line p-2">
            <Button disabled={answer.isFetchingNextPage} onClick={() => void answer.fetchNextPage()}>
              Show older backfills
            </Button>
          </div>
        ) : null}
      </Answered>
    </div>
  );
}

function BackfillTable({
  backfills,
  withFlow,
}: {
  readonly backfills: readonly Backfill[];
  readonly withFlow: boolean;
}) {
  return (
    <div className="@container relative overflow-x-auto">
      <table className="w-full border-collapse" aria-label="Backfills">
        <thead>
          <tr className="border-b border-line">
            <th className={`${HEAD} w-28`}>State</th>
            <th className={HEAD}>{withFlow ? "Flow" : "Backfill"}</th>
            <th className={`${HEAD} @max-4xl:hidden`} title="Which data its runs are for">
              Covers
            </th>
            <th className={`${HEAD} w-1/4`}>Runs</th>
            <th className={`${HEAD} @max-3xl:hidden`}>Begun by</th>
            <th className={`${HEAD} w-28 @max-md:hidden`}>Begun</th>
            <th className={`${HEAD} w-24 text-right @max-xl:hidden`}>Took</th>
          </tr>
        </thead>
        <tbody>
          {backfills.map((backfill) => (
            <OfFlow key={backfill.id} flow={backfill.flow}>
              <BackfillRow backfill={backfill} withFlow={withFlow} />
            </OfFlow>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function BackfillRow({ backfill, withFlow }: { readonly backfill: Backfill; readonly withFlow: boolean }) {
  const { id, flow, state, runs, actor, createdAt, endedAt, reason } = backfill;
  const zones = useZones();
  return (
    <tr className="border-b border-line last:border-b-0 hover:bg-sunken/60">
      <td className={CELL}>
        <BackfillBadge state={state} />
      </td>
      <td className={`${CELL} max-w-64`}>
        <Link
          to="/backfills/$backfill"
          params={{ backfill: id }}
          className="flex min-w-0 items-baseline gap-2 font-medium hover:text-accent"
        >
          {withFlow ? <span className="truncate">{flow}</span> : null}
          <span className={withFlow ? "font-mono text-2xs font-normal text-ink-3 @max-md:hidden" : "font-mono text-xs"}>
            {shortId(id)}
          </span>
        </Link>
        {reason === null ? null : (
          <p className="truncate pb-1 text-2xs text-ink-2" title={reason}>
            {reason}
          </p>
        )}
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-2 @max-4xl:hidden`} title={windowTimes(backfill, zones)}>
        {windowText(backfill, zones.shown)}
      </td>
      <td className={CELL}>
        <div className="flex items-center gap-2.5">
          <ProgressBar of={backfill} className="flex-1" />
          <span className="w-20 whitespace-nowrap text-ink-2 @max-md:hidden">
            {numberText(endedOf(backfill))} of {numberText(runs)}
          </span>
        </div>
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-2 @max-3xl:hidden`}>{personText(actor)}</td>
      <td className={`${CELL} text-ink-2 @max-md:hidden`}>
        <Instant at={createdAt} relative />
      </td>
      <td className={`${CELL} text-right text-ink-2 @max-xl:hidden`}>
        <Duration from={createdAt} to={endedAt} />
      </td>
    </tr>
  );
}
