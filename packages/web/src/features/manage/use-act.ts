import type { RouteInput, RouteName, RouteOutput } from "@millrace/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useChange } from "../../api/use-api.ts";

/**
 * Calls a route that changes something, and asks again for the lists that are old then. What was sent and what came back
 * are forgotten at once: they may be a secret, a password or a token.
 */
export function useAct<Name extends RouteName>(name: Name, ...lists: readonly RouteName[]) {
  const queries = useQueryClient();
  const { mutateAsync, reset, isPending, error, variables } = useChange(name);
  const act = async (input: Partial<RouteInput<Name>>): Promise<RouteOutput<Name> | undefined> => {
    try {
      const answer = await mutateAsync(input);
      reset();
      await Promise.all(lists.map((list) => queries.invalidateQueries({ queryKey: [list] })));
      return answer;
    } catch {
      // Whoever asked shows the error.
      return undefined;
    }
  };
  // What failed is kept until something succeeds.
  const again = async (): Promise<RouteOutput<Name> | undefined> =>
    variables === undefined ? undefined : act(variables);
  return { act, again, isPending, error };
}
