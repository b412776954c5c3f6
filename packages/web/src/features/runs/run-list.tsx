import type { RouteOutput } from "@millrace/contract";
import { useState } from "react";
import { ActionButton } from "../../actions/action-button.tsx";
import { server } from "../../api/server.ts";
import type { Run } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Answered, Empty, Problem } from "../../ui/notices.tsx";
import { PickedBar, usePicks } from "../../ui/pick.tsx";
import { RunTable } from "./run-table.tsx";
import { useBulkActs } from "./use-bulk-acts.tsx";

const PAGE = 50;

/** Runs page after page: the first is live, those after it are history and are read when asked for. */
export function RunList({
  flow,
  states,
}: {
  readonly flow?: string | undefined;
  readonly states?: readonly string[] | undefined;
}) {
  const query = {
    limit: PAGE,
    ...(flow === undefined ? {} : { flow }),
    ...(states === undefined ? {} : { state: [...states] as Run["state"][] }),
  };
  const first = useApi("listRuns", { query });
  return (
    <div className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface">
      <Answered of={first} rows={8}>
        {first.data?.items.length === 0 ? (
          <Empty icon="runs" title={states === undefined ? "No runs yet" : "No runs like that"}>
            {states === undefined
              ? "They appear here as soon as something runs."
              : "Choose other states, or none for all."}
          </Empty>
        ) : (
          <Pages key={JSON.stringify(query)} first={first.data} query={query} withFlow={flow === undefined} />
        )}
      </Answered>
    </div>
  );
}

type Page = RouteOutput<"listRuns">;

function Pages({
  first,
  query,
  withFlow,
}: {
  readonly first: Page | undefined;
  readonly query: NonNullable<Parameters<typeof server.runs.list>[0]>;
  readonly withFlow: boolean;
}) {
  const [older, setOlder] = useState<readonly Page[]>([]);
  const [error, setError] = useState<unknown>(null);
  const seen = new Set(first?.items.map(({ id }) => id));
  const more = older.flatMap(({ items }) => items).filter(({ id }) => !seen.has(id));
  // Those that the first page has pushed out since stay where they were.
  const next = (older.at(-1) ?? first)?.next ?? null;
  const readMore = async (cursor: string): Promise<void> => {
    try {
      const page = await server.runs.list({ ...query, cursor });
      setOlder((pages) => [...pages, page]);
      setError(null);
    } catch (thrown) {
      setError(thrown);
    }
  };
  const runs = [...(first?.items ?? []), ...more];
  const picks = usePicks(runs.map(({ id }) => id));
  const { actions, dialog } = useBulkActs(runs.filter(({ id }) => picks.has(id)));
  return (
    <>
      <div className="sticky top-0 z-10 has-[>[role=toolbar]]:px-3 has-[>[role=toolbar]]:pt-3">
        <PickedBar picks={picks} what="run">
          {actions.map((action) => (
            <ActionButton key={action.id} action={action} />
          ))}
        </PickedBar>
      </div>
      {dialog}
      <RunTable runs={runs} withFlow={withFlow} label="Runs" picks={picks} />
      {error === null ? null : <Problem error={error} />}
      {next === null ? null : (
        <div className="flex justify-center border-t border-line p-2">
          <Button onClick={() => void readMore(next)}>Show older runs</Button>
        </div>
      )}
    </>
  );
}
