import type { RouteOutput } from "@millrace/contract";
import { useApi } from "../../api/use-api.ts";

export type Asked = RouteOutput<"listApprovals">["items"][number];

/** The place of something that is asked among all that is. */
export function askedId({ run, node, item }: Pick<Asked, "run" | "node" | "item">): string {
  return `${run} ${node} ${item}`;
}

/** So many are counted. */
const MOST = 99;

/** How many decisions wait, for the bar at the side: `3`, `99+`; undefined where none does. */
export function useWaitingCount(): string | undefined {
  const page = useApi("listApprovals", { query: { which: "waiting", limit: MOST } }).data;
  if (page === undefined || page.items.length === 0) return undefined;
  return page.next === null ? String(page.items.length) : `${MOST}+`;
}
