import { type CallOptions, isMillraceError } from "@millrace/client";
import type { RouteInput, RouteName, RouteOutput } from "@millrace/contract";
import { type QueryKey, queryOptions, type UseQueryResult, useMutation, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { keepRows } from "./keep-rows.ts";
import { NoAnswer, server } from "./server.ts";

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

/**
 * Calls a route that changes something, when asked to. The same again after no answer came is the same request to the server:
 * it is done once, however often somebody presses.
 */
export function useChange<Name extends RouteName>(name: Name) {
  const unanswered = useRef<{ readonly text: string; readonly key: string }>(undefined);
  return useMutation({
    mutationFn: async ({ options, ...input }: Input<Name> & { readonly options?: CallOptions }) => {
      const text = JSON.stringify(input);
      const known = unanswered.current;
      const key = options?.idempotencyKey ?? (known?.text === text ? known.key : crypto.randomUUID());
      unanswered.current = { text, key };
      try {
        const answer = await server.call(name, input as Input<Name>, { ...options, idempotencyKey: key });
        unanswered.current = undefined;
        return answer;
      } catch (error) {
        // What was refused is another request when it is asked again.
        if (!isUnanswered(error)) unanswered.current = undefined;
        throw error;
      }
    },
  });
}

function isUnanswered(error: unknown): boolean {
  return error instanceof NoAnswer || (isMillraceError(error) && error.code === "NO_SERVER");
}
