import { matchesFlow, type Permission } from "@millrace/core";
import { useApi } from "../api/use-api.ts";

/** Why one may not do something to a flow; undefined where one may, or where it is not known yet: the server decides. */
export function useRefusal(permission: Permission, flow: string): string | undefined {
  const me = useApi("getMe").data;
  if (me === undefined) return undefined;
  const patterns = me.permissions[permission] ?? [];
  if (patterns.some((pattern) => matchesFlow(pattern, flow))) return undefined;
  return `You may not: it takes the permission ${permission} for ${flow}.`;
}
