import type { Permission } from "@millrace/core";
import { useApi } from "../api/use-api.ts";
import { refusalOf } from "./refusal.ts";

/** Why one may not do something to a flow; undefined where one may, or where it is not known yet: the server decides. */
export function useRefusal(permission: Permission, flow: string): string | undefined {
  return refusalOf(useApi("getMe").data, permission, flow);
}
