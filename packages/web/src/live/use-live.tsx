import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { type FeedState, LiveFeed } from "./live-feed.ts";
import { patchAnswers } from "./patch-answers.ts";
import { Refresher } from "./refresher.ts";

const LiveState = createContext<FeedState>("connecting");

/** Whether what the page shows is up to date. */
export function useLiveState(): FeedState {
  return useContext(LiveState);
}

/** Keeps all answers that pages read up to date, for as long as it is there. */
export function Live({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<FeedState>("connecting");
  useEffect(() => {
    const refresher = new Refresher(client);
    let wasLost = false;
    const feed = new LiveFeed(
      (events) => {
        patchAnswers(client, events);
        refresher.take(events);
      },
      (next) => {
        setState(next);
        if (next === "lost") wasLost = true;
        // Of a flow's version or a pool there are no events: after a break all is asked for again.
        if (next === "live" && wasLost) void client.invalidateQueries();
      },
    );
    feed.start();
    return () => {
      feed.stop();
      refresher.stop();
    };
  }, [client]);
  return <LiveState value={state}>{children}</LiveState>;
}
