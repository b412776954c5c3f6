import type { RouteOutput } from "@millrace/contract";
import { covers, type Grant, MillraceError } from "@millrace/core";
import { type TokenEntry, Tokens } from "../../security/tokens.ts";
import type { UserEntry } from "../../security/users.ts";
import type { Call, Handlers } from "../call.ts";
import { Refusal } from "../refusal.ts";
import { instant, maybeInstant } from "../views/values.ts";
import { isOverseer, ownOnly } from "./account.ts";

type OfUsers = "listUsers" | "createUser" | "setGrants" | "disableUser" | "enableUser" | "resetPassword";
type Names = OfUsers | "listTokens" | "createToken" | "revokeToken";

/** Users and tokens. */
export const PEOPLE: Handlers<Names> = {
  async listUsers({ visit }) {
    return { items: (await visit.people.users.list()).map(userView), next: null };
  },

  async createUser({ visit, actor, body }) {
    const { name } = await visit.people.users.add(body, actor);
    return userView(await visit.people.users.get(name));
  },

  setGrants: async ({ visit, actor, params, body }) =>
    userView(await visit.people.users.setGrants(params.user, body.grants, actor)),
  disableUser: async ({ visit, actor, params }) =>
    userView(await visit.people.users.setDisabled(params.user, true, actor)),
  enableUser: async ({ visit, actor, params }) =>
    userView(await visit.people.users.setDisabled(params.user, false, actor)),
  resetPassword: async ({ visit, actor, params, body }) =>
    userView(await visit.people.users.setPassword(params.user, body.password, actor)),

  async listTokens(call) {
    const tokens = await tokensOf(call).list(ownOnly(call));
    return { items: tokens.map(tokenView), next: null };
  },

  async createToken(call) {
    const { kind, name, grants, expiresAt } = call.body;
    const user = ownerOf(call);
    checkHandsOn(call, grants);
    const expiresAtMs = expiresAt === null ? null : Date.parse(expiresAt);
    const { secret, entry } = await tokensOf(call).create({ kind, name, grants, user, expiresAtMs }, call.actor);
    return { token: secret, entry: tokenView(entry) };
  },

  async revokeToken(call) {
    const { kind, token } = call.params;
    const tokens = tokensOf(call);
    const all = isOverseer(call.principal, "user.write") ? null : (call.visit.visitor?.user ?? "");
    if (!(await tokens.list(all)).some((each) => each.kind === kind && each.id === token)) {
      throw new MillraceError("UNKNOWN_TOKEN", `There is no ${kind} token "${token}".`);
    }
    await tokens.revoke(kind, token);
    return { ok: true };
  },
};

function tokensOf({ runtime }: Pick<Call<"listTokens">, "runtime">): Tokens {
  return new Tokens(runtime.store.people);
}

/** Whose a new token is. Those that are not one's own, and those of workers, take somebody who looks after all. */
function ownerOf({ principal, visit, body }: Call<"createToken">): string | null {
  const own = visit.visitor?.user ?? null;
  const owner = body.user === undefined ? own : body.user;
  if (isOverseer(principal, "user.write")) return owner;
  if (principal.kind !== "user") {
    throw new Refusal("FORBIDDEN", "A token makes no tokens, unless it may write users.");
  }
  if (owner !== own) throw new Refusal("FORBIDDEN", "Only an admin makes tokens for others, or for the project.");
  if (body.kind === "worker") throw new Refusal("FORBIDDEN", "Only an admin makes tokens for workers.");
  return own;
}

/** Nobody hands on more than they have. */
function checkHandsOn({ principal }: Call<"createToken">, grants: readonly Grant[]): void {
  const more = grants.find((grant) => !covers(principal.grants, grant));
  if (more === undefined) return;
  throw new Refusal("FORBIDDEN", `You are no ${more.role} for "${more.flows}", and cannot hand that on.`);
}

function userView({ name, grants, hasPassword, ...user }: UserEntry): RouteOutput<"createUser"> {
  return {
    name,
    grants: [...grants],
    hasPassword,
    createdAt: instant(user.createdAtMs),
    disabledAt: maybeInstant(user.disabledAtMs),
    setBy: user.setBy,
    setAt: instant(user.setAtMs),
  };
}

function tokenView({
  kind,
  id,
  user,
  grants,
  createdBy,
  ...token
}: TokenEntry): RouteOutput<"listTokens">["items"][number] {
  return {
    kind: kind === "worker" ? "worker" : "api",
    name: id,
    user,
    grants: [...grants],
    createdBy,
    createdAt: instant(token.createdAtMs),
    expiresAt: maybeInstant(token.expiresAtMs),
    usedAt: maybeInstant(token.usedAtMs),
    usedFrom: token.usedFrom,
  };
}
