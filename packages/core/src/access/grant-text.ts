import { MillraceError } from "../errors/millrace-error.ts";
import { checkFlowPattern, EVERYTHING } from "./flow-pattern.ts";
import type { Grant } from "./principal.ts";
import { checkRole } from "./role.ts";

/** The most that somebody may be given: more is a list of flows, and no rule that anybody oversees. */
const MOST_GRANTS = 100;

/**
 * Reads a grant as people write it: `viewer` for everything, or `operator:orders-*` for flows of such names.
 *
 * @throws MillraceError `INVALID_NAME` for what is no role or no pattern.
 */
export function parseGrant(text: string): Grant {
  const colon = text.indexOf(":");
  if (colon < 0) return { role: checkRole(text), flows: EVERYTHING };
  return { role: checkRole(text.slice(0, colon)), flows: checkFlowPattern(text.slice(colon + 1)) };
}

/** What `parseGrant` reads. */
export function formatGrant({ role, flows }: Grant): string {
  return flows === EVERYTHING ? role : `${role}:${flows}`;
}

/**
 * Gives grants back when each of them is one, and there are not too many.
 *
 * @throws MillraceError `INVALID_NAME`, `USAGE`.
 */
export function checkGrants(grants: readonly Grant[]): readonly Grant[] {
  if (grants.length > MOST_GRANTS) {
    throw new MillraceError("USAGE", `${grants.length} grants are too many for one: ${MOST_GRANTS} are the most.`, {
      hint: 'Use patterns of flow names: "orders-*".',
    });
  }
  return grants.map(({ role, flows }) => ({ role: checkRole(role), flows: checkFlowPattern(flows) }));
}
