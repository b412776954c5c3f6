import { useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useApi } from "../../api/use-api.ts";
import { useAskPause } from "./use-ask-pause.ts";

const PauseDialog = lazy(async () => ({ default: (await import("./pause-dialog.tsx")).PauseDialog }));

/** Asks, over any page whose address says so, before a flow or one of its schedules is paused or resumed. */
export function PauseHost() {
  const { pause, pauseOnly } = useSearch({ strict: false });
  const ask = useAskPause();
  const answer = useApi("listTriggers", { query: { flow: pause ?? "" } }, { enabled: pause !== undefined });
  const of = answer.data?.items.filter(({ name }) => pauseOnly === undefined || name === pauseOnly) ?? [];
  if (pause === undefined || of.length === 0) return null;
  return (
    <Suspense>
      <PauseDialog key={`${pause} ${pauseOnly}`} flow={pause} only={pauseOnly} of={of} onClose={() => ask(undefined)} />
    </Suspense>
  );
}
