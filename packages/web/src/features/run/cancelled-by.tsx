import type { Run } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { byWhom } from "../runs/run-text.ts";
import { FIRST_EVENTS } from "./event-text.ts";

/** Who asked a run to stop, where somebody did: its events have it. */
export function CancelledBy({ run }: { readonly run: Run }) {
  const events = useApi(
    "listRunEvents",
    { params: { run: run.id }, query: { limit: FIRST_EVENTS } },
    { enabled: run.cancelRequested },
  ).data?.items;
  const asked = events?.find(({ type }) => type === "run.cancelling")?.data as
    | { readonly by?: string }
    | null
    | undefined;
  if (!run.cancelRequested || asked?.by === undefined) return null;
  return <span>cancelled {byWhom(asked.by)}</span>;
}
