import { MillraceError } from "../errors/millrace-error.ts";

/**
 * What somebody is in a project, from the least to the most. `viewer` reads; `operator` also runs, cancels, pauses and
 * backfills what is there; `editor` also changes what runs are given; `admin` also decides who may what.
 */
export const ROLES = ["viewer", "operator", "editor", "admin"] as const;

export type Role = (typeof ROLES)[number];

/** Whether a role is the wanted one or more than that. */
export function atLeast(role: Role, wanted: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(wanted);
}

/**
 * Gives a role back when it is one.
 *
 * @throws MillraceError `INVALID_NAME` with those there are.
 */
export function checkRole(role: string): Role {
  const known = ROLES.find((each) => each === role);
  if (known !== undefined) return known;
  throw new MillraceError("INVALID_NAME", `There is no role ${JSON.stringify(role)}.`, {
    hint: `Roles are ${ROLES.join(", ")}.`,
  });
}
