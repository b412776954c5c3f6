import { isMillraceError } from "@millrace/client";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { seqAhead } from "./api/asked-ahead.ts";
import { makeRouter, warmPages } from "./app/router.tsx";
import { LoginGate } from "./features/login/login-gate.tsx";
import { WHO, WHO_ASKED } from "./features/login/who.ts";
import { Live } from "./live/use-live.tsx";
import "./styles.css";

/** A session that has ended ends for all that is open: the way in is shown again. */
function onError(error: unknown): void {
  if (isMillraceError(error) && error.code === "UNAUTHENTICATED") void queries.invalidateQueries({ queryKey: WHO });
}

/** What was asked does not fit what is there by now: then the page shows something old. */
const CONFLICTS = new Set<string>([
  "RUN_ACTIVE",
  "RUN_FINISHED",
  "NOT_WAITING",
  "BACKFILL_ACTIVE",
  "BACKFILL_FINISHED",
  "NAME_TAKEN",
]);

function onRefused(error: unknown): void {
  onError(error);
  if (isMillraceError(error) && CONFLICTS.has(error.code)) void queries.invalidateQueries();
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError: onRefused }),
  defaultOptions: {
    queries: {
      // The live feed says what is old; nothing is asked for twice without a reason.
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // The client repeats what got no answer already, and what is refused is refused again.
      retry: (failures, error) => failures < 2 && isMillraceError(error) && error.code === "NO_SERVER",
    },
  },
});
const router = makeRouter(queries);
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root.");
const place = createRoot(root);

/** Both were asked for before this script was there. What the page reads is read after the event that its stream begins at. */
async function begin(): Promise<void> {
  await Promise.all([queries.prefetchQuery(WHO_ASKED), seqAhead()]);
  // Whoever is in needs the page's files and what it shows, at once and not after a first picture without them.
  if (queries.getQueryData(WHO_ASKED.queryKey)?.kind === "in") void router.load();
  place.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <LoginGate>
          <Live>
            <RouterProvider router={router} />
          </Live>
        </LoginGate>
      </QueryClientProvider>
    </StrictMode>,
  );
  // What cannot be fetched now is fetched when it is needed.
  await warmPages(router).catch(() => undefined);
}

void begin();
