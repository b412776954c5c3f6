import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

/**
 * Opens the dialog that pauses or resumes a flow, or one of its schedules and triggers: it is in the address, so it can be
 * opened from anywhere. Without a flow it closes it.
 */
export function useAskPause(): (flow: string | undefined, trigger?: string) => void {
  const navigate = useNavigate();
  return useCallback(
    (flow, trigger) => {
      void navigate({ to: ".", search: (old) => ({ ...old, pause: flow, pauseOnly: trigger }) as never });
    },
    [navigate],
  );
}
