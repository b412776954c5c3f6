import type { RouteInput, RouteName, RouteOutput } from "@millrace/contract";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { server } from "./server.ts";
import { keyOf } from "./use-api.ts";

/** Lists of a run that pages show whole. */
type WholeName = "listTaskRuns" | "listAttempts";
type ItemOf<Name extends WholeName> = RouteOutput<Name>["items"][number];

/** The most that the server gives at once. */
const PAGE = 1_000;

/** All pages of a list of a run, kept as one. */
export function useWholeList<Name extends WholeName>(name: Name, run: string): UseQueryResult<ItemOf<Name>[]> {
  return useQuery<ItemOf<Name>[]>({
    queryKey: keyOf(name, { params: { run } } as Partial<RouteInput<Name>>),
    queryFn: ({ signal }) => readAll(name, run, signal),
  });
}

async function readAll<Name extends WholeName>(name: Name, run: string, signal: AbortSignal): Promise<ItemOf<Name>[]> {
  const items: ItemOf<Name>[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const page = await server.call<RouteName>(name, { params: { run }, query } as never, { signal });
    const { items: more, next } = page as RouteOutput<Name>;
    items.push(...(more as ItemOf<Name>[]));
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return items;
}
