import { isMillraceError } from "@millrace/client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeRouter } from "./app/router.tsx";
import { Live } from "./live/use-live.tsx";
import "./styles.css";

const queries = new QueryClient({
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
      <Live>
        <RouterProvider router={router} />
      </Live>
    </QueryClientProvider>
  </StrictMode>,
);
