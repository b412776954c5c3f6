import { atLeast, ROLES, type Role } from "./role.ts";

/**
 * What somebody may do, with the least role that may: each role may all that those before it may. Closed: a route names one
 * of these, or that it is open to everybody. Whoever adds one decides here, and nowhere else, who has it.
 */
const LEAST_ROLE = {
  "account.own": "viewer",
  "project.read": "viewer",
  "flow.read": "viewer",
  "run.read": "viewer",
  "log.read": "viewer",
  "trigger.read": "viewer",
  "backfill.read": "viewer",
  "pool.read": "viewer",
  "alert.read": "viewer",
  "variable.read": "viewer",
  "connection.read": "viewer",
  "version.read": "viewer",
  "metrics.read": "viewer",
  "run.start": "operator",
  "run.cancel": "operator",
  "run.mark": "operator",
  "trigger.pause": "operator",
  "trigger.fire": "operator",
  "backfill.write": "operator",
  "approval.decide": "operator",
  "partition.write": "operator",
  "pool.write": "editor",
  "variable.write": "editor",
  "secret.read": "editor",
  "secret.write": "editor",
  "alert.write": "editor",
  "history.prune": "admin",
  "audit.read": "admin",
  "user.read": "admin",
  "user.write": "admin",
} as const satisfies Readonly<Record<string, Role>>;

export type Permission = keyof typeof LEAST_ROLE;

export const PERMISSIONS = Object.keys(LEAST_ROLE) as readonly Permission[];

/** Whether a role has a permission. */
export function roleMay(role: Role, permission: Permission): boolean {
  return atLeast(role, LEAST_ROLE[permission]);
}

/** All that a role may. */
export function permissionsOf(role: Role): readonly Permission[] {
  return PERMISSIONS.filter((permission) => roleMay(role, permission));
}

/** The roles that have a permission, the least one first. */
export function rolesWith(permission: Permission): readonly Role[] {
  return ROLES.filter((role) => roleMay(role, permission));
}
