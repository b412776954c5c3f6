import { isMillraceError } from "@millrace/client";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { server } from "../../api/server.ts";
import { forgetVisited } from "../../app/visited.ts";

/** Whether somebody is in, and as whom; or what it takes to come in. Nobody has a name where nobody is asked. */
export type Who =
  | { readonly kind: "in"; readonly name: string | null }
  | { readonly kind: "login" }
  | { readonly kind: "setup" };

/** Under this key it is kept who is in. */
export const WHO = ["who"] as const;

/** How the server is asked who this is. */
export const WHO_ASKED = queryOptions({
  queryKey: WHO,
  queryFn: ({ signal }) => ask(signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export function useWho() {
  return useQuery(WHO_ASKED);
}

async function ask(signal: AbortSignal): Promise<Who> {
  const { needs } = await server.call("getLogin", {}, { signal });
  if (needs === "nothing") return { kind: "in", name: null };
  if (needs === "setup") return { kind: "setup" };
  try {
    return { kind: "in", name: (await server.call("getMe", {}, { signal })).name };
  } catch (error) {
    if (isMillraceError(error) && error.code === "UNAUTHENTICATED") return { kind: "login" };
    throw error;
  }
}

/** Tells the other pages of this browser that whoever was in has left. */
const LEFT = "millrace.left";

/** Shows the way in as soon as somebody leaves on another page: what is open here was theirs. */
export function useLeaving(): void {
  useEffect(() => {
    const channel = new BroadcastChannel(LEFT);
    channel.addEventListener("message", () => location.reload());
    return () => channel.close();
  }, []);
}

/** Ends the session, and forgets what was read in it. */
export function useLogOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await server.call("logOut");
    queries.clear();
    forgetVisited();
    const others = new BroadcastChannel(LEFT);
    others.postMessage("left");
    others.close();
    // What is open belongs to whoever has left.
    location.reload();
  };
}
