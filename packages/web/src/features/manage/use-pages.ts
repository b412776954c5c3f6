import type { RouteInput, RouteOutput } from "@millrace/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { server } from "../../api/server.ts";

type PagedName = "listAudit" | "listAlertDeliveries" | "listApprovals";
const PAGE = 50;

/** A long list, page after page. It is read anew when the page is opened: no event tells that it has grown. */
export function usePages<Name extends PagedName>(name: Name, query: RouteInput<Name>["query"]) {
  const answer = useInfiniteQuery({
    queryKey: [name, { query }],
    staleTime: 0,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const asked = { ...query, limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) };
      return server.call<PagedName>(name, { query: asked }, { signal }) as Promise<RouteOutput<Name>>;
    },
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const items = (answer.data?.pages ?? []).flatMap((page) => page.items as RouteOutput<Name>["items"][number][]);
  return { answer, items };
}
