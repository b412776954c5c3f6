import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ActionButton } from "../../actions/action-button.tsx";
import type { Run } from "../../api/shapes.ts";
import { readOf, useApi } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Answered, Empty, Problem } from "../../ui/notices.tsx";
import { PickedBar, usePicks } from "../../ui/pick.tsx";
import { RunTable } from "./run-table.tsx";
import { useBulkActs } from "./use-bulk-acts.tsx";

const PAGE = 50;
/** What is read with each press on the button; the most that the server gives at once. */
const MORE = 150;
const MOST = 1_000;

interface Filter {
  readonly flow?: string | undefined;
  readonly states?: readonly string[] | undefined;
}

/** The newest runs. */
export function RunList({ flow, states }: Filter) {
  return (
    <div className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface">
      <Newest key={JSON.stringify([flow, states])} flow={flow} states={states} />
    </div>
  );
}

/**
 * As many as are asked for, in one answer: all of them are live, and none is lost where newer ones push those behind them
 * on.
 */
function Newest({ flow, states }: Filter) {
  const [limit, setLimit] = useState(PAGE);
  const [error, setError] = useState<unknown>(null);
  const queries = useQueryClient();
  const asked = (most: number) => ({
    query: {
      limit: most,
      ...(flow === undefined ? {} : { flow }),
      ...(states === undefined ? {} : { state: [...states] as Run["state"][] }),
    },
  });
  const answer = useApi("listRuns", asked(limit));
  const runs = answer.data?.items ?? [];
  const picks = usePicks(runs.map(({ id }) => id));
  const { actions, dialog } = useBulkActs(runs.filter(({ id }) => picks.has(id)));
  const readMore = async (): Promise<void> => {
    const more = Math.min(MOST, limit + MORE);
    try {
      await queries.fetchQuery(readOf("listRuns", asked(more)));
      setLimit(more);
      setError(null);
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <Answered of={answer} rows={8}>
      <div className="sticky top-0 z-10 has-[>[role=toolbar]]:px-3 has-[>[role=toolbar]]:pt-3">
        <PickedBar picks={picks} what="run">
          {actions.map((action) => (
            <ActionButton key={action.id} action={action} />
          ))}
        </PickedBar>
      </div>
      {dialog}
      {runs.length === 0 ? <None isFiltered={states !== undefined} /> : null}
      {runs.length === 0 ? null : <RunTable runs={runs} withFlow={flow === undefined} label="Runs" picks={picks} />}
      {error === null ? null : <Problem error={error} onRetry={() => void readMore()} />}
      {answer.data?.next == null ? null : (
        <div className="flex justify-center border-t border-line p-2 text-ink-2">
          {limit < MOST ? (
            <Button onClick={() => void readMore()}>Show older runs</Button>
          ) : (
            `The newest ${MOST.toLocaleString("en")}. Older ones are found by their flow and their state.`
          )}
        </div>
      )}
    </Answered>
  );
}

function None({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty icon="runs" title="No runs like that">
        Choose other states, or none for all.
      </Empty>
    );
  }
  return (
    <Empty icon="runs" title="No runs yet">
      They appear here as soon as something runs.
    </Empty>
  );
}
