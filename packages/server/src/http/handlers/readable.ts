import type { RouteName, RouteOutput } from "@millrace/contract";
import { may, type Permission } from "@millrace/core";
import type { Call } from "../call.ts";

/** Pages are short rather than that one request reads the whole history for somebody who may read little of it. */
const MOST_PAGES = 20;

type Paged = "listRuns" | "listApprovals" | "listTicks" | "listBackfills";
type Whole = "listFlows" | "listFlowRuns" | "listTriggers";
type Handler<Name extends RouteName> = (call: Call<Name>) => Promise<RouteOutput<Name>>;

/** Leaves out of a list by pages what the caller may not read. A page may be short, or empty, while others follow. */
export function readablePages<Name extends Paged>(permission: Permission, list: Handler<Name>): Handler<Name> {
  return async (call) => {
    if (may(call.principal, permission)) return await list(call);
    const { limit } = call.query;
    let page = await list(call);
    const first = page;
    const items = readable<unknown>(call, permission, page.items);
    for (let pages = 1; pages < MOST_PAGES && page.next !== null && items.length < limit; pages += 1) {
      const query = { ...call.query, limit: limit - items.length, cursor: page.next };
      page = await list({ ...call, query });
      items.push(...readable<unknown>(call, permission, page.items));
    }
    return { ...first, items, next: page.next } as RouteOutput<Name>;
  };
}

/** Leaves out of a list what the caller may not read. */
export function readableOf<Name extends Whole>(permission: Permission, list: Handler<Name>): Handler<Name> {
  return async (call) => {
    const page = await list(call);
    return { ...page, items: readable<unknown>(call, permission, page.items) } as RouteOutput<Name>;
  };
}

/** An item belongs to a flow, or is one. */
function readable<Item>(
  { principal }: Pick<Call<RouteName>, "principal">,
  permission: Permission,
  items: readonly Item[],
): Item[] {
  return items.filter((item) => {
    const { flow, name } = item as { readonly flow?: string; readonly name?: string };
    return may(principal, permission, flow ?? name ?? "");
  });
}
