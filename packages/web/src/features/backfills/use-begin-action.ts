import { useNavigate } from "@tanstack/react-router";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Action } from "../../actions/registry.ts";

/** Leads to the form that begins a backfill, and says why not where one may not. */
export function useBeginAction(flow: string | undefined): Action {
  const navigate = useNavigate();
  const refused = useRefusal("backfill.write", flow ?? "*");
  return {
    id: "backfill.begin",
    title: flow === undefined ? "Begin a backfill" : `Begin a backfill of ${flow}`,
    short: "New backfill",
    icon: "plus",
    kind: "primary",
    keys: "b",
    // Of all flows nobody knows yet which is meant: the form says it of the one that is chosen.
    refused: flow === undefined ? undefined : refused,
    run: () => void navigate({ to: "/backfills/new", search: flow === undefined ? {} : { flow } }),
  };
}
