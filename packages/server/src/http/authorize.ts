import type { RouteName } from "@millrace/contract";
import { routeOf } from "@millrace/contract";
import { may, maySomewhere, type Permission, type Principal, rolesWith } from "@millrace/core";
import type { Runtime } from "../runtime/runtime.ts";
import type { Call } from "./call.ts";
import { unauthenticated } from "./door.ts";
import { findBackfill, unknownBackfill } from "./handlers/backfill-reading.ts";
import { findRun, unknownRun } from "./handlers/run-reading.ts";
import { Refusal } from "./refusal.ts";

/** What a request is about, as it was sent. */
interface Asked {
  readonly runtime: Runtime;
  readonly principal: Principal;
  readonly params: unknown;
}

/**
 * Refuses whoever has the permission nowhere: before anything else of the request is read. Gives who asks; for a route that is
 * open to everybody, that may be nobody.
 */
export function admit(name: RouteName, principal: Principal | undefined): void {
  const { permission, scope } = routeOf(name);
  if (permission === "anonymous") return;
  if (principal === undefined) {
    throw unauthenticated("Nobody comes in here without saying who they are.", "Log in, or send a token.");
  }
  const isPerson = principal.kind !== "worker" && principal.kind !== "attempt";
  if (scope === "self" ? isPerson : maySomewhere(principal, permission)) return;
  throw forbidden(permission, "");
}

/**
 * Refuses whoever has the permission, and not for what this is about. Of a run or backfill that one may not read, one does
 * not learn that it is there.
 */
export async function authorize(name: RouteName, asked: Asked): Promise<void> {
  const { permission, scope } = routeOf(name);
  if (permission === "anonymous" || may(asked.principal, permission)) return;
  switch (scope) {
    case "none":
    case "self":
    case "somewhere":
    case "body":
      return;
    case "everything":
      throw forbidden(permission, " It takes a grant for everything.");
    case "flow":
      return checkFlow(asked.principal, permission, fieldOf(asked.params, "flow"));
    case "run":
    case "backfill":
      return await checkOwner(asked, permission, scope);
  }
}

/** The same for routes whose body says what they are about, when that is read. */
export function authorizeBody(name: RouteName, { principal, body }: Pick<Call<RouteName>, "principal" | "body">): void {
  const { permission, scope } = routeOf(name);
  if (permission === "anonymous" || scope !== "body" || may(principal, permission)) return;
  checkFlow(principal, permission, fieldOf(body, "flow"));
}

async function checkOwner(asked: Asked, permission: Permission, scope: "run" | "backfill"): Promise<void> {
  const { runtime, principal, params } = asked;
  const given = fieldOf(params, scope);
  const { flow } = await (scope === "run" ? findRun : findBackfill)(runtime, given);
  // As if it were not there, in the same words.
  if (!may(principal, `${scope}.read`, flow)) throw scope === "run" ? unknownRun(given) : unknownBackfill(given);
  checkFlow(principal, permission, flow);
}

function checkFlow(principal: Principal, permission: Permission, flow: string): void {
  if (!may(principal, permission, flow)) throw forbidden(permission, ` Not for the flow "${flow}".`);
}

function forbidden(permission: Permission, more: string): Refusal {
  const [least] = rolesWith(permission);
  return new Refusal("FORBIDDEN", `This takes the permission ${permission}.${more}`, {
    hint: `The role ${least} has it: an admin grants it.`,
  });
}

/** Schemas have seen to it that it is a text. */
function fieldOf(value: unknown, field: string): string {
  return String((value as Readonly<Record<string, unknown>>)[field]);
}
