import { type Query, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import type { RunEvent } from "../api/shapes.ts";
import { WHO } from "../features/login/who.ts";
import { type FeedState, LiveFeed } from "./live-feed.ts";
import { isOfRuns } from "./news.ts";
import { patchAnswer, patchAnswers } from "./patch-answers.ts";
import { Refresher } from "./refresher.ts";

const LiveState = createContext<FeedState>("connecting");

/** Whether what the page shows is up to date. */
export function useLiveState(): FeedState {
  return useContext(LiveState);
}

/** What flows are made of, and what follows from that: another with each version. Reads of a version stay as they are. */
const OF_DEFINITIONS = new Set([
  "getProject",
  "listFlows",
  "getFlow",
  "getFlowGrid",
  "getFlowCode",
  "getFlowCalendar",
  "listFlowVersions",
  "listTriggers",
  "listBuildErrors",
]);

/** Events that are told once more after answers that were made before them. */
const MOST_KEPT = 5_000;

function isOfDefinitions({ queryKey }: Query): boolean {
  return OF_DEFINITIONS.has(String(queryKey[0]));
}

/** Keeps all answers that pages read up to date, for as long as it is there. */
export function Live({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<FeedState>("connecting");
  useEffect(() => {
    const patch = (events: readonly RunEvent[]): void => patchAnswers(client, events);
    const refresher = new Refresher(client, patch);
    let wasLost = false;
    let newest: readonly RunEvent[] = [];
    const unsubscribe = client.getQueryCache().subscribe((change) => {
      if (change.type !== "updated" || change.action.type !== "success" || change.action.manual === true) return;
      patchAnswer(client, change.query, newest);
    });
    const feed = new LiveFeed({
      onEvents: (events) => {
        newest = [...newest, ...events].slice(-MOST_KEPT);
        // What nobody sees is not drawn anew, but asked for once it is seen.
        if (!document.hidden) patch(events);
        refresher.take(events);
      },
      onState: (next) => {
        setState(next);
        // What is lost may be the session, and not the server.
        if (next === "lost") void client.invalidateQueries({ queryKey: WHO });
        if (next === "lost") wasLost = true;
        // Of a flow's version or a pool there are no events: after a break all is asked for again.
        if (next !== "live" || !wasLost) return;
        wasLost = false;
        void client.invalidateQueries();
      },
      onBegun: () => void client.invalidateQueries({ predicate: isOfRuns }),
      onProject: () => void client.invalidateQueries({ predicate: isOfDefinitions }),
    });
    const onSeen = (): void => refresher.wake();
    feed.start();
    document.addEventListener("visibilitychange", onSeen);
    return () => {
      document.removeEventListener("visibilitychange", onSeen);
      unsubscribe();
      feed.stop();
      refresher.stop();
    };
  }, [client]);
  return <LiveState value={state}>{children}</LiveState>;
}
