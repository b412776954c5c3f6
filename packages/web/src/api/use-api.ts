import type { CallOptions } from "@millrace/client";
import type { RouteInput, RouteName, RouteOutput } from "@millrace/contract";
import { type QueryKey, queryOptions, type UseQueryResult, useMutation, useQuery } from "@tanstack/react-query";
import { keepRows } from "./keep-rows.ts";
import { server } from "./server.ts";

type Input<Name extends RouteName> = Partial<RouteInput<Name>>;

/** The key under which an answer is kept: the route's name, then what was asked. The live feed finds answers by it. */
export function keyOf<Name extends RouteName>(name: Name, input: Input<Name> = {}): QueryKey {
  return [name, input];
}

/** How a route is read, for hooks and for prefetching alike. */
export function readOf<Name extends RouteName>(name: Name, input: Input<Name> = {}) {
  return queryOptions<RouteOutput<Name>>({
    queryKey: keyOf(name, input),
    queryFn: ({ signal }) => server.call(name, input, { signal }),
    structuralSharing: keepRows,
  });
}

/** What a route answers, kept up to date by the live feed. */
export function useApi<Name extends RouteName>(
  name: Name,
  input: Input<Name> = {},
  { enabled = true }: { readonly enabled?: boolean } = {},
): UseQueryResult<RouteOutput<Name>> {
  return useQuery({ ...readOf(name, input), enabled });
}

/** Calls a route that changes something, when asked to. */
export function useChange<Name extends RouteName>(name: Name) {
  return useMutation({
    mutationFn: ({ options, ...input }: Input<Name> & { readonly options?: CallOptions }) =>
      server.call(name, input as Input<Name>, options),
  });
}
