import { EVERYTHING, matchesFlow } from "./flow-pattern.ts";
import { type Permission, roleMay } from "./permission.ts";
import { atLeast, type Role } from "./role.ts";

/** A role for the flows whose name fits a pattern. */
export interface Grant {
  readonly role: Role;
  /** A flow's name in which `*` stands for any characters. `*` alone is everything: what belongs to no flow too. */
  readonly flows: string;
}

/** Who asks for something. */
export interface Principal {
  /** `local`: whoever is on this machine, while a project has no users. Workers and attempts have no grants. */
  readonly kind: "local" | "user" | "token" | "worker" | "attempt";
  /** As it stands in records. */
  readonly name: string;
  readonly grants: readonly Grant[];
}

/**
 * Whether somebody may do something to a flow, or to what belongs to it.
 *
 * @param flow left out for what belongs to no flow or to all of them: only a grant for everything allows that.
 */
export function may({ grants }: Principal, permission: Permission, flow?: string): boolean {
  return grants.some(
    (grant) =>
      roleMay(grant.role, permission) &&
      (flow === undefined ? grant.flows === EVERYTHING : matchesFlow(grant.flows, flow)),
  );
}

/** Whether somebody may do something to some flow, whichever: such a list is theirs to read, and shows that much of it. */
export function maySomewhere({ grants }: Principal, permission: Permission): boolean {
  return grants.some(({ role }) => roleMay(role, permission));
}

/**
 * Whether whoever has some grants may hand on another: one of theirs has that role or more, for all flows that it is for. A
 * pattern that fits another pattern as text fits all names that the other fits.
 */
export function covers(grants: readonly Grant[], { role, flows }: Grant): boolean {
  return grants.some(
    (own) =>
      atLeast(own.role, role) && (flows === EVERYTHING ? own.flows === EVERYTHING : matchesFlow(own.flows, flows)),
  );
}
