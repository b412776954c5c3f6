import type { RouteOutput } from "@millrace/contract";
import { type Grant, MillraceError, PERMISSIONS, type Principal, roleMay } from "@millrace/core";
import type { Login } from "../../security/people.ts";
import type { Call, Handlers, Visit } from "../call.ts";
import { unauthenticated } from "../door.ts";
import { Refusal } from "../refusal.ts";
import { sessionCookie } from "../session-cookie.ts";
import { instant, maybeInstant } from "../views/values.ts";

type Names = "getLogin" | "logIn" | "setUp" | "logOut" | "getMe" | "changePassword" | "listSessions" | "endSession";

/** Coming in and going out. */
export const ACCOUNT: Handlers<Names> = {
  getLogin: async ({ visit }) => ({ needs: await visit.door.needs() }),

  async logIn({ visit, body }) {
    const login = await visit.people.logIn(body.name, body.password, visit.from);
    return begin(visit, login, "The name or the password is wrong.");
  },

  async setUp({ visit, body: { token, name, password } }) {
    const login = await visit.people.setUp(token, { name, password }, visit.from);
    return begin(
      visit,
      login,
      "The setup token is none, was used, or has expired. A server prints one when it starts.",
    );
  },

  async logOut({ visit }) {
    const credential = visit.visitor?.credential;
    if (credential?.kind === "session") await visit.people.endSession(credential.id);
    visit.setCookie(sessionCookie(null, visit.isSecure));
    return { ok: true };
  },

  getMe: async ({ principal, visit }) => meView(principal, visit.visitor?.user ?? null),

  async changePassword({ principal, visit, note, body: { current, password } }) {
    if (principal.kind !== "user") {
      throw new Refusal("FORBIDDEN", "Only somebody who is logged in has a password to change.");
    }
    const { people, from, isSecure } = visit;
    const verdict = await people.confirm(principal.name, current, from);
    if (verdict === "limited") throw tooMany(1_000);
    if (verdict === "refused") throw new Refusal("FORBIDDEN", "The current password is wrong.");
    await people.users.setPassword(principal.name, password, principal.name);
    note.after = { user: principal.name };
    visit.setCookie(sessionCookie(null, isSecure));
    return { ok: true };
  },

  async listSessions(call) {
    const { visit, principal } = call;
    const rows = await visit.people.listSessions(ownOnly(call));
    const own = visit.visitor?.credential?.id;
    const items = rows.map(({ id, user, createdAtMs, expiresAtMs, usedAtMs, usedFrom }) => ({
      id,
      user: user ?? principal.name,
      isThis: id === own,
      createdAt: instant(createdAtMs),
      expiresAt: maybeInstant(expiresAtMs),
      usedAt: maybeInstant(usedAtMs),
      usedFrom,
    }));
    return { items, next: null };
  },

  async endSession({ principal, visit, params: { session } }) {
    const all = isOverseer(principal, "user.write") ? null : (visit.visitor?.user ?? "");
    const rows = await visit.people.listSessions(all);
    if (!rows.some(({ id }) => id === session)) {
      throw new MillraceError("UNKNOWN_TOKEN", `There is no session "${session}".`);
    }
    await visit.people.endSession(session);
    return { ok: true };
  },
};

function begin(visit: Visit, login: Login, refused: string): RouteOutput<"logIn"> {
  if (login.kind === "limited") throw tooMany(login.retryMs);
  if (login.kind === "refused") throw unauthenticated(refused);
  const { principal, user } = login.visitor;
  visit.setCookie(sessionCookie(login.secret, visit.isSecure));
  return meView(principal, user);
}

function tooMany(retryMs: number): Refusal {
  const seconds = Math.ceil(retryMs / 1_000);
  return new Refusal("TOO_MANY_REQUESTS", "Too many wrong passwords: none is compared for a while.", {
    hint: `Try again in ${seconds} s. Tokens and sessions go on.`,
    headers: { "retry-after": String(seconds) },
  });
}

/** Whose things somebody sees: null for everybody's. */
export function ownOnly({ principal, visit }: Pick<Call<"listSessions">, "principal" | "visit">): string | null {
  return isOverseer(principal, "user.read") ? null : (visit.visitor?.user ?? "");
}

/** Whether somebody looks after everybody's, and not only their own. */
export function isOverseer({ grants }: Principal, permission: "user.read" | "user.write"): boolean {
  return grants.some(({ role, flows }) => flows === "*" && roleMay(role, permission));
}

function meView({ kind, name, grants }: Principal, user: string | null): RouteOutput<"getMe"> {
  const permissions = PERMISSIONS.map((permission) => [permission, patternsOf(grants, permission)] as const);
  return {
    // Workers and attempts have no account: they do not come here.
    kind: kind as "local" | "user" | "token",
    name,
    user,
    grants: [...grants],
    permissions: Object.fromEntries(permissions.filter(([, patterns]) => patterns.length > 0)),
  };
}

function patternsOf(grants: readonly Grant[], permission: (typeof PERMISSIONS)[number]): string[] {
  return [...new Set(grants.filter(({ role }) => roleMay(role, permission)).map(({ flows }) => flows))];
}
