import type { RouteInput } from "@millrace/contract";
import { type ZoneChoice, zoneName } from "../../app/preferences.ts";
import { instantIn } from "../schedules/local-instant.ts";

/** What of the record is shown, as the address has it. Times are on the viewer's clock. */
export interface AuditSearch {
  readonly actor?: string | undefined;
  readonly target?: string | undefined;
  readonly action?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The same as the server is asked. */
export function auditQuery(
  { actor, target, action, from, to }: AuditSearch,
  zone: ZoneChoice,
): RouteInput<"listAudit">["query"] {
  const [fromAt, toAt] = [from, to].map((text) => (text === undefined ? undefined : instantIn(text, zoneName(zone))));
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(target === undefined ? {} : { target }),
    ...(action === undefined ? {} : { action }),
    ...(fromAt === undefined ? {} : { from: fromAt }),
    ...(toAt === undefined ? {} : { to: toAt }),
  };
}
