import type { RouteOutput } from "@millrace/contract";
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { readOf } from "../api/use-api.ts";
import { usePreferences, zoneName } from "./preferences.ts";

type Flows = RouteOutput<"listFlows">;

const FlowZone = createContext<string | undefined>(undefined);

/** By answer, so that each row of a list looks its flow up instead of searching for it. */
const ZONES = new WeakMap<Flows["items"], ReadonlyMap<string, string | null>>();

function zoneIn({ items }: Flows, flow: string | undefined): string | undefined {
  const known = ZONES.get(items) ?? new Map(items.map(({ name, timeZone }) => [name, timeZone]));
  ZONES.set(items, known);
  return known.get(flow ?? "") ?? undefined;
}

/** Times inside are of a flow: they can be told on its clock. */
export function OfFlow({ flow, children }: { readonly flow: string | undefined; readonly children: ReactNode }) {
  const { data } = useQuery({ ...readOf("listFlows"), select: (flows) => zoneIn(flows, flow) ?? null });
  return <FlowZone value={data ?? undefined}>{children}</FlowZone>;
}

/** Times inside are of a schedule with a clock of its own. */
export function InZone({ zone, children }: { readonly zone: string; readonly children: ReactNode }) {
  return <FlowZone value={zone}>{children}</FlowZone>;
}

export interface Zones {
  /** That times are shown in. */
  readonly shown: string;
  readonly local: string;
  /** Of the flow that they are about, where it has one. */
  readonly flow: string | undefined;
}

/** The clocks that matter where this is drawn. */
export function useZones(): Zones {
  const flow = useContext(FlowZone);
  const { zone } = usePreferences();
  return { shown: zoneName(zone, flow), local: zoneName("local"), flow };
}
