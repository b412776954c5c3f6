import { useQueryClient } from "@tanstack/react-query";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Action } from "../../actions/registry.ts";
import { useChange } from "../../api/use-api.ts";
import { type Backfill, endedOf } from "./backfill-state.tsx";

interface BackfillActions {
  readonly actions: readonly Action[];
  readonly error: unknown;
  /** Asks once more for what failed. */
  readonly again: () => void;
}

/** What is asked before it is done. */
export type BackfillDialog = "cancel" | "retry" | "pace";

/** What can be done about a backfill now. */
export function useBackfillActions(backfill: Backfill, open: (dialog: BackfillDialog) => void): BackfillActions {
  const { id, flow, state, runs, failed, cancelled, chained } = backfill;
  const mayNot = useRefusal("backfill.write", flow);
  const queries = useQueryClient();
  const onSuccess = (): void => {
    for (const name of ["getBackfill", "listBackfills", "listBackfillRuns"]) {
      void queries.invalidateQueries({ queryKey: [name] });
    }
  };
  const [pause, resume] = [useChange("pauseBackfill"), useChange("resumeBackfill")];
  const given = { params: { backfill: id } };
  const isOpen = state === "running" || state === "paused";
  const undone = failed + cancelled;
  const stopped = runs - endedOf(backfill) > 0 && !isOpen && state !== "cancelling";
  const actions: readonly (Action | false)[] = [
    state === "running" && {
      id: "backfill.pause",
      title: "Pause this backfill: what runs ends, and nothing more is made",
      short: "Pause",
      icon: "pause",
      refused: mayNot,
      run: () => pause.mutate(given, { onSuccess }),
    },
    state === "paused" && {
      id: "backfill.resume",
      title: "Go on with this backfill",
      short: "Resume",
      icon: "play",
      kind: "primary",
      refused: mayNot,
      run: () => resume.mutate(given, { onSuccess }),
    },
    (undone > 0 || stopped) && {
      id: "backfill.retry",
      title: stopped ? "Repeat what failed, and make what is missing" : "Repeat what failed in this backfill",
      short: undone > 0 ? `Retry ${undone} failed` : "Go on",
      icon: "retry",
      kind: isOpen ? "plain" : "primary",
      refused: mayNot ?? (state === "cancelling" ? "It is being cancelled." : undefined),
      run: () => open("retry"),
    },
    isOpen && {
      id: "backfill.pace",
      title: "Change how many runs are under way at once",
      short: "Change runs at once",
      icon: "manage",
      refused: mayNot ?? (chained ? "Its runs depend on each other, and are made one by one." : undefined),
      run: () => open("pace"),
    },
    (isOpen || state === "cancelling") && {
      id: "backfill.cancel",
      title: "Cancel this backfill, and its runs under way",
      short: state === "cancelling" ? "Cancelling…" : "Cancel",
      icon: "stop",
      kind: "danger",
      refused: mayNot ?? (state === "cancelling" ? "It is being cancelled." : undefined),
      run: () => open("cancel"),
    },
  ];
  return {
    actions: actions.filter((action) => action !== false),
    error: pause.error ?? resume.error,
    again: () => (pause.error === null ? resume : pause).mutate(given, { onSuccess }),
  };
}
