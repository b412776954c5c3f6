import type { RouteOutput } from "@millrace/contract";
import { MillraceError, type PartitionsSpec, type Store } from "@millrace/core";
import { type PartitionsAt, partitionsAt } from "@millrace/core/time";
import type { Handlers } from "../call.ts";
import { flowSummary, flowView } from "../views/flow-views.ts";
import { policiesView } from "../views/policies-view.ts";
import { windowView } from "../views/values.ts";
import { findFlow, flowsOf } from "./active-flows.ts";
import { placeOf } from "./pages.ts";

/** What can be read of flows. */
export const FLOW_READING: Handlers<"listFlows" | "getFlow" | "getFlowPolicies" | "listPartitions"> = {
  async listFlows({ runtime, query }) {
    const { flows } = await flowsOf(runtime, query.version);
    return { items: flows.map(flowSummary), next: null };
  },

  async getFlow({ runtime, params, query }) {
    const { version, spec } = await findFlow(runtime, params.flow, query.version);
    return flowView(version, spec);
  },

  async getFlowPolicies({ runtime, params, query }) {
    return policiesView((await findFlow(runtime, params.flow, query.version)).spec);
  },

  async listPartitions({ runtime, params, query: { limit, cursor = "0" } }) {
    const { spec } = await findFlow(runtime, params.flow, undefined);
    if (spec.partitions === null) {
      throw new MillraceError("UNKNOWN_PARTITION", `The flow "${spec.name}" has no partitions.`);
    }
    const partitions = partitionsAt(spec.partitions, await partitionsNow(runtime.store, spec.partitions));
    const { count } = partitions;
    const from = placeOf(cursor);
    const partitionAt = (place: number): RouteOutput<"listPartitions">["items"][number] => {
      const window = partitions.windowAt(place);
      return { key: partitions.keyAt(place), window: window === null ? null : windowView(window) };
    };
    const length = Math.max(0, Math.min(limit, count - from));
    return {
      items: Array.from({ length }, (_, index) => partitionAt(from + index)),
      next: from + limit < count ? String(from + limit) : null,
      count,
      last: count === 0 ? null : partitionAt(count - 1),
    };
  },
};

/** What partitions need to know of now: the time, and the keys that the store holds. */
export async function partitionsNow(
  store: Pick<Store, "triggers">,
  spec: PartitionsSpec | null,
): Promise<PartitionsAt> {
  const names = spec === null ? [] : dynamicNames(spec);
  const keys = new Map<string, readonly string[]>();
  for (const name of names) keys.set(name, await store.triggers.listPartitionKeys(name));
  return { nowMs: Date.now(), keysOf: (name) => keys.get(name) ?? [] };
}

function dynamicNames(spec: PartitionsSpec): readonly string[] {
  if (spec.kind === "dynamic") return [spec.name];
  return spec.kind === "product" ? spec.dimensions.flatMap(({ partitions }) => dynamicNames(partitions)) : [];
}
