import { isMillraceError } from "@millrace/client";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeRouter } from "./app/router.tsx";
import { LoginGate } from "./features/login/login-gate.tsx";
import { WHO } from "./features/login/who.ts";
import { Live } from "./live/use-live.tsx";
import "./styles.css";

/** A session that has ended ends for all that is open: the way in is shown again. */
function onError(error: unknown): void {
  if (isMillraceError(error) && error.code === "UNAUTHENTICATED") void queries.invalidateQueries({ queryKey: WHO });
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
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
createRoot(root).render(
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
