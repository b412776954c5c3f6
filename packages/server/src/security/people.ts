import {
  type CredentialKind,
  type CredentialRow,
  covers,
  type Grant,
  MillraceError,
  type PeopleStore,
  type Principal,
  type UserRow,
} from "@millrace/core";
import type { AttemptTokens } from "./attempt-tokens.ts";
import { hashOf, isSecret, makeId, makeSecret } from "./credential-secret.ts";
import { LoginLimit } from "./login-limit.ts";
import { Passwords, type ScryptCost } from "./passwords.ts";
import { type NewUser, Users } from "./users.ts";

/** A session ends when it was not used for so long, */
const IDLE_MS = 24 * 60 * 60_000;
/** and after so long in any case, in milliseconds. */
export const SESSION_MS = 14 * 24 * 60 * 60_000;
/** A setup token is printed for whoever sits there. */
const SETUP_MS = 24 * 60 * 60_000;
/** Uses are written down no more often than this. */
const USE_MS = 60_000;

/** Who somebody is, and by what they came in. */
export interface Visitor {
  readonly principal: Principal;
  /** Undefined for whoever needs none. */
  readonly credential?: { readonly kind: CredentialKind; readonly id: string };
  /** Whose sessions and tokens are theirs; null for nobody's. */
  readonly user: string | null;
}

export type Login =
  | { readonly kind: "in"; readonly secret: string; readonly visitor: Visitor }
  /** The name or the password is wrong, or the user is disabled: which one is nobody's business. */
  | { readonly kind: "refused" }
  | { readonly kind: "limited"; readonly retryMs: number };

export interface PeopleOptions {
  readonly store: PeopleStore;
  /** Who comes as an attempt. Defaults to nobody. */
  readonly attempts?: Pick<AttemptTokens, "recognise">;
  /** Milliseconds since 1970. Defaults to the clock of this machine. */
  readonly now?: () => number;
  /** What hashes of passwords cost. Defaults to what is advised today. */
  readonly cost?: ScryptCost;
}

/** Who may come in. Everything is asked of the store each time: what is revoked lets nobody in from then on. */
export class People {
  readonly users: Users;
  readonly #store: PeopleStore;
  readonly #attempts: PeopleOptions["attempts"];
  readonly #now: () => number;
  readonly #passwords: Passwords;
  readonly #limit: LoginLimit;
  #hasUsers = false;

  constructor({ store, attempts, now = Date.now, cost }: PeopleOptions) {
    this.#store = store;
    this.#attempts = attempts;
    this.#now = now;
    this.#passwords = new Passwords(cost);
    this.#limit = new LoginLimit(store, now);
    this.users = new Users({ store, now, passwords: this.#passwords, limit: this.#limit });
  }

  /** Whether there is a user. Users are never removed, so once there is one, there is. */
  async hasUsers(): Promise<boolean> {
    this.#hasUsers ||= await this.#store.hasUsers();
    return this.#hasUsers;
  }

  /**
   * Whose token this is: `token` with its grants, or `worker`, which has none and may only connect as one, or `attempt`, which
   * reads its own flow. Undefined for what is no token, was revoked, has expired or ended, or belongs to somebody disabled.
   *
   * @param from the address that it comes from, for the record.
   */
  async authenticate(bearer: string, from = "unknown"): Promise<Principal | undefined> {
    return (await this.recogniseBearer(bearer, from))?.principal;
  }

  /** The same, with what it takes to answer them. */
  async recogniseBearer(bearer: string, from: string): Promise<Visitor | undefined> {
    const attempt = await this.#attempts?.recognise(bearer);
    if (attempt !== undefined) return { principal: attempt, user: null };
    return await this.recognise(bearer, ["api", "worker"], from);
  }

  /** Who comes with a secret of one of these kinds. */
  async recognise(secret: string, kinds: readonly CredentialKind[], from: string): Promise<Visitor | undefined> {
    if (!isSecret(secret, kinds)) return undefined;
    const row = await this.#store.findCredential(hashOf(secret));
    const nowMs = this.#now();
    if (row === undefined || !kinds.includes(row.kind) || isOver(row, nowMs)) return undefined;
    const user = row.user === null ? null : await this.#store.findUser(row.user);
    if (user === undefined || (user !== null && user.disabledAtMs !== null)) return undefined;
    if (row.usedAtMs === null || nowMs - row.usedAtMs >= USE_MS) await this.#store.recordUse(row.hash, nowMs, from);
    return visitorOf(row, user);
  }

  /** Compares a password, and opens a session. @param from the address that it comes from. */
  async logIn(given: string, password: string, from: string): Promise<Login> {
    const name = given.trim().toLowerCase();
    const guess = await this.#limit.take(name);
    if (guess.kind === "limited") return guess;
    const user = await this.#store.findUser(name);
    const stored = user === undefined || user.disabledAtMs !== null ? null : user.password;
    const verdict = await this.#passwords.check(password, stored, { line: name, source: from });
    if (verdict === "busy") {
      await this.#limit.giveBack(name);
      return { kind: "limited", retryMs: 1_000 };
    }
    if (verdict === "wrong" || user === undefined) return { kind: "refused" };
    await this.#limit.giveBack(name);
    if (verdict === "outdated") await this.users.rehash(user, password);
    return await this.#openSession(user, from);
  }

  /** Whether a user's own password is this one. Counted like a login. */
  async confirm(name: string, password: string, from: string): Promise<"right" | Exclude<Login["kind"], "in">> {
    const login = await this.logIn(name, password, from);
    if (login.kind !== "in") return login.kind;
    const { credential } = login.visitor;
    if (credential !== undefined) await this.#store.removeCredential(credential.kind, credential.id);
    return "right";
  }

  /** Makes a token with which the first user can be made, once. Undefined when there are users. */
  async makeSetupToken(): Promise<string | undefined> {
    if (await this.hasUsers()) return undefined;
    const { secret, hash } = makeSecret("setup");
    const nowMs = this.#now();
    await this.#store.removeExpired(nowMs);
    await this.#store.addCredential({
      kind: "setup",
      id: makeId(),
      hash,
      user: null,
      grants: [],
      createdBy: "server",
      createdAtMs: nowMs,
      expiresAtMs: nowMs + SETUP_MS,
      usedAtMs: null,
      usedFrom: null,
    });
    return secret;
  }

  /**
   * Makes the first user, who may do everything, and logs them in. False when the token is none, or was used.
   *
   * @throws MillraceError `INVALID_NAME`, `USAGE` for a password that is too weak: then the token can be used again.
   */
  async setUp(
    token: string,
    user: Pick<NewUser, "name"> & { readonly password: string },
    from: string,
  ): Promise<Login> {
    const row = isSecret(token, ["setup"]) ? await this.#store.findCredential(hashOf(token)) : undefined;
    if (row?.kind !== "setup" || isOver(row, this.#now()) || (await this.hasUsers())) return { kind: "refused" };
    this.users.check(user);
    if (!(await this.#store.removeCredential("setup", row.id))) return { kind: "refused" };
    const made = await this.users.add({ ...user, grants: [{ role: "admin", flows: "*" }] }, "setup");
    // Other servers may have printed their own.
    await this.#store.removeCredentials("setup", null);
    return await this.#openSession(made, from);
  }

  async #openSession(user: UserRow, from: string): Promise<Login> {
    const { secret, hash } = makeSecret("session");
    const nowMs = this.#now();
    await this.#store.removeExpired(nowMs);
    const row: CredentialRow = {
      kind: "session",
      id: makeId(),
      hash,
      user: user.name,
      grants: [],
      createdBy: user.name,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + SESSION_MS,
      usedAtMs: nowMs,
      usedFrom: from,
    };
    await this.#store.addCredential(row);
    return { kind: "in", secret, visitor: visitorOf(row, user) };
  }

  /** Ends a session. @throws MillraceError `UNKNOWN_TOKEN`. */
  async endSession(id: string): Promise<void> {
    if (await this.#store.removeCredential("session", id)) return;
    throw new MillraceError("UNKNOWN_TOKEN", "There is no such session.", { hint: "It may have ended already." });
  }

  /** Sessions that somebody could go on with. @param user whose; null for all. */
  async listSessions(user: string | null): Promise<readonly CredentialRow[]> {
    const nowMs = this.#now();
    const rows = await this.#store.listCredentials("session");
    return rows.filter((row) => (user === null || row.user === user) && !isOver(row, nowMs));
  }
}

/** Whether a credential has come to its end by itself. */
function isOver({ kind, expiresAtMs, usedAtMs }: CredentialRow, nowMs: number): boolean {
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return true;
  return kind === "session" && usedAtMs !== null && usedAtMs + IDLE_MS <= nowMs;
}

/** What somebody's token was given counts only as far as they may it themselves, now. */
function visitorOf({ kind, id, user: owner, grants }: CredentialRow, user: UserRow | null): Visitor {
  const credential = { kind, id };
  if (kind === "session") {
    return { principal: { kind: "user", name: owner ?? "", grants: user?.grants ?? [] }, credential, user: owner };
  }
  if (kind === "worker")
    return { principal: { kind: "worker", name: `worker:${id}`, grants: [] }, credential, user: owner };
  const left: readonly Grant[] = user === null ? grants : grants.filter((grant) => covers(user.grants, grant));
  return { principal: { kind: "token", name: `token:${id}`, grants: left }, credential, user: owner };
}
