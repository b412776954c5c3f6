import {
  checkAccountName,
  checkGrants,
  covers,
  didYouMean,
  type Grant,
  MillraceError,
  type PeopleStore,
  type UserRow,
} from "@millrace/core";
import type { LoginLimit } from "./login-limit.ts";
import { checkPassword, type Passwords } from "./passwords.ts";

/** Whoever is beaten so often by others who change the same user gives up. */
const MOST_TRIES = 10;

export interface NewUser {
  readonly name: string;
  /** Null for a user who does not log in by password. */
  readonly password: string | null;
  readonly grants: readonly Grant[];
}

/** What of a user may be shown: all but the hash. */
export interface UserEntry extends Omit<UserRow, "password" | "version"> {
  readonly hasPassword: boolean;
}

interface UsersParts {
  readonly store: PeopleStore;
  readonly now: () => number;
  readonly passwords: Passwords;
  readonly limit: LoginLimit;
}

/** The users of a project, for whoever decides who they are. */
export class Users {
  readonly #store: PeopleStore;
  readonly #now: () => number;
  readonly #passwords: Passwords;
  readonly #limit: LoginLimit;

  constructor({ store, now, passwords, limit }: UsersParts) {
    this.#store = store;
    this.#now = now;
    this.#passwords = passwords;
    this.#limit = limit;
  }

  async list(): Promise<readonly UserEntry[]> {
    return (await this.#store.listUsers()).map(entryOf);
  }

  /** @throws MillraceError `UNKNOWN_USER`. */
  async get(name: string): Promise<UserEntry> {
    return entryOf(await this.#find(name));
  }

  /** @throws MillraceError `INVALID_NAME`, and `USAGE` for a password that is too weak. */
  check({ name, password }: Pick<NewUser, "name" | "password">): void {
    checkAccountName(name, "user");
    if (password !== null) checkPassword(password, name);
  }

  /** @throws MillraceError `NAME_TAKEN`, and what `check` refuses. */
  async add({ name, password, grants }: NewUser, actor: string): Promise<UserRow> {
    this.check({ name, password });
    const nowMs = this.#now();
    const row: UserRow = {
      name,
      version: 1,
      password: password === null ? null : await this.#passwords.hash(password),
      grants: checkGrants(grants),
      createdAtMs: nowMs,
      disabledAtMs: null,
      setBy: actor,
      setAtMs: nowMs,
    };
    if (await this.#store.putUser(row)) return row;
    throw new MillraceError("NAME_TAKEN", `There is a user "${name}" already.`, {
      hint: `Change what they may: \`millrace user grant ${name} <role>\`.`,
    });
  }

  /** What a user may do from now on; it counts at their next request, for their tokens too. */
  async setGrants(name: string, grants: readonly Grant[], actor: string): Promise<UserEntry> {
    const checked = checkGrants(grants);
    return await this.#change(name, actor, async (row) => {
      await this.#keepAnAdmin({ ...row, grants: checked });
      return { grants: checked };
    });
  }

  /** Lets a user in no more, or again. Who is let in no more is out at once. */
  async setDisabled(name: string, isDisabled: boolean, actor: string): Promise<UserEntry> {
    const entry = await this.#change(name, actor, async (row) => {
      const disabledAtMs = isDisabled ? (row.disabledAtMs ?? this.#now()) : null;
      await this.#keepAnAdmin({ ...row, disabledAtMs });
      return { disabledAtMs };
    });
    if (isDisabled) await this.#store.removeCredentials("session", name);
    return entry;
  }

  /** Gives a user a new password. Their sessions end, and what was guessed at the old one is forgotten. */
  async setPassword(name: string, password: string, actor: string): Promise<UserEntry> {
    await this.#find(name);
    checkPassword(password, name);
    const hash = await this.#passwords.hash(password);
    const entry = await this.#change(name, actor, async () => ({ password: hash }));
    await this.#store.removeCredentials("session", name);
    await this.#limit.forget(name);
    return entry;
  }

  /** The same password, as it is hashed today. Somebody else's change goes before. */
  async rehash(row: UserRow, password: string): Promise<void> {
    const hash = await this.#passwords.hash(password);
    await this.#store.putUser({ ...row, version: row.version + 1, password: hash });
  }

  async #find(name: string): Promise<UserRow> {
    const row = await this.#store.findUser(name);
    if (row !== undefined) return row;
    const names = (await this.#store.listUsers()).map((each) => each.name);
    throw new MillraceError("UNKNOWN_USER", `There is no user "${name}".`, { hint: didYouMean(name, names, "users") });
  }

  async #change(name: string, actor: string, make: (row: UserRow) => Promise<Partial<UserRow>>): Promise<UserEntry> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const row = await this.#find(name);
      const next = { ...row, ...(await make(row)), version: row.version + 1, setBy: actor, setAtMs: this.#now() };
      if (await this.#store.putUser(next)) return entryOf(next);
    }
    throw new MillraceError("STORE_FAILED", `Others keep changing the user "${name}".`, { hint: "Try again." });
  }

  /** Somebody must be left who decides who may what: a project without one is closed to everybody. */
  async #keepAnAdmin(changed: UserRow): Promise<void> {
    const rows = await this.#store.listUsers();
    const after = rows.map((row) => (row.name === changed.name ? changed : row));
    if (after.some(isAdmin) || !rows.some(isAdmin)) return;
    throw new MillraceError("USAGE", `"${changed.name}" is the last admin of the project.`, {
      hint: "Make somebody else admin first.",
    });
  }
}

function isAdmin({ grants, disabledAtMs }: UserRow): boolean {
  return disabledAtMs === null && covers(grants, { role: "admin", flows: "*" });
}

function entryOf(row: UserRow): UserEntry {
  const { password, version: _, ...entry } = row;
  return { ...entry, hasPassword: password !== null };
}
