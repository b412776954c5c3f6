import { type Query, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { forgetAhead } from "../api/asked-ahead.ts";
import { WHO } from "../features/login/who.ts";
import { LateAnswers } from "./late-answers.ts";
import { type FeedState, LiveFeed } from "./live-feed.ts";
import { isOfRuns } from "./news.ts";
import { patchAnswers } from "./patch-answers.ts";
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

function isOfDefinitions({ queryKey }: Query): boolean {
  return OF_DEFINITIONS.has(String(queryKey[0]));
}

/** Keeps all answers that pages read up to date, for as long as it is there. */
export function Live({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<FeedState>("connecting");
  useEffect(() => {
    const refresher = new Refresher(client);
    const late = new LateAnswers(client, (events) => refresher.take(events));
    let wasLost = false;
    const feed = new LiveFeed({
      onEvents: (events) => {
        forgetAhead();
        late.take(events);
        // What nobody sees is not drawn anew, but asked for once it is seen.
        if (!document.hidden) patchAnswers(client, events);
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
      feed.stop();
      refresher.stop();
      late.stop();
    };
  }, [client]);
  return <LiveState value={state}>{children}</LiveState>;
}
