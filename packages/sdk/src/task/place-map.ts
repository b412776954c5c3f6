import type { TriggerRule } from "@millrace/core";
import type { Asker, FlowBuilder } from "../flow/flow-builder.ts";
import type { CallSite } from "../source/call-site.ts";

/** More items than this are more often a mistake than a plan. */
const DEFAULT_MAX_ITEMS = 100_000;

/** A map as its author wrote it. */
export interface MapPlacement {
  /** `task` or `group`, for messages. */
  readonly what: string;
  readonly name: string;
  readonly list: unknown;
  readonly after: readonly unknown[];
  readonly triggerRule: TriggerRule;
  readonly maxItems: number | null;
  readonly site: CallSite;
}

/** What the body of a map is built from. */
export interface MapBody {
  readonly id: string;
  readonly item: unknown;
  readonly index: unknown;
}

/**
 * Records a map, then its body, and gives the reference to the list of results.
 *
 * @param prefix what names in the body begin with, after the names around.
 * @param body places the nodes and gives what one item results in.
 */
export function placeMap<Reference>(
  builder: FlowBuilder,
  placement: MapPlacement,
  body: (body: MapBody) => unknown,
): Reference {
  const { name, site, triggerRule } = placement;
  const id = builder.claim(name, placement.what, site);
  const asker: Asker = { id, site, upstreams: new Set() };
  const map = builder.add(
    {
      kind: "map",
      id,
      list: builder.template(placement.list, "list", asker),
      after: builder.waitingFor(placement.after, asker),
      triggerRule,
      result: { kind: "list", items: [] },
      maxItems: placement.maxItems ?? DEFAULT_MAX_ITEMS,
    },
    site,
  );
  builder.countBody(map, asker.upstreams);
  builder.inRegion({ kind: "map", node: map, arm: "" }, `${name}[]/`, () => {
    const item = builder.ref({ kind: "item", map }, `item of ${id}`);
    const index = builder.ref({ kind: "index", map }, `index of ${id}`);
    // What the result names inside the body is no upstream; what it names outside is counted for the map.
    const inside: Asker = { id, site, upstreams: new Set() };
    const result = builder.template(body({ id: `${id}[]`, item, index }), "result", inside);
    builder.complete(map, { result });
  });
  builder.checkRule(triggerRule, asker);
  return builder.mapRef<Reference>(map, id);
}
