import type { RouteOutput } from "@millrace/contract";
import { matchesFlow, type Permission } from "@millrace/core";

/** Who the caller is, and what they may. */
export type Me = RouteOutput<"getMe">;

/** Why one may not do something to a flow; undefined where one may, or where it is not known yet: the server decides. */
export function refusalOf(me: Me | undefined, permission: Permission, flow: string): string | undefined {
  if (me === undefined) return undefined;
  const patterns = me.permissions[permission] ?? [];
  if (patterns.some((pattern) => matchesFlow(pattern, flow))) return undefined;
  return `You may not: it takes the permission ${permission} for ${flow}.`;
}
