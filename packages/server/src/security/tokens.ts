import {
  type CredentialRow,
  checkAccountName,
  checkGrants,
  didYouMean,
  type Grant,
  MillraceError,
  type PeopleStore,
} from "@millrace/core";
import { makeSecret } from "./credential-secret.ts";

export type TokenKind = "api" | "worker";

export interface NewToken {
  readonly kind: TokenKind;
  readonly name: string;
  /** What it may do. A worker's may nothing but connect as one. */
  readonly grants: readonly Grant[];
  /** Whose it is: it may never do more than they may. Null for the project's. */
  readonly user: string | null;
  readonly expiresAtMs: number | null;
}

/** What of a token may be shown: all but its hash. */
export type TokenEntry = Omit<CredentialRow, "hash">;

/** Tokens of programs and workers, for whoever makes and revokes them. */
export class Tokens {
  readonly #store: PeopleStore;
  readonly #now: () => number;

  constructor(store: PeopleStore, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /** Of both kinds. @param user whose; null for all. */
  async list(user: string | null): Promise<readonly TokenEntry[]> {
    const rows = [...(await this.#store.listCredentials("api")), ...(await this.#store.listCredentials("worker"))];
    return rows.filter((row) => user === null || row.user === user).map(entryOf);
  }

  /**
   * Makes a token. It is shown here and never again.
   *
   * @throws MillraceError `NAME_TAKEN`, `INVALID_NAME`, `USAGE`.
   */
  async create(token: NewToken, actor: string): Promise<{ readonly secret: string; readonly entry: TokenEntry }> {
    const { kind, name, user, expiresAtMs } = token;
    checkAccountName(name, "token");
    const nowMs = this.#now();
    if (expiresAtMs !== null && expiresAtMs <= nowMs) {
      throw new MillraceError("USAGE", "The token would have expired already.");
    }
    if (user !== null && (await this.#store.findUser(user)) === undefined) {
      throw new MillraceError("UNKNOWN_USER", `There is no user "${user}".`);
    }
    const { secret, hash } = makeSecret(kind);
    const row: CredentialRow = {
      kind,
      id: name,
      hash,
      user,
      grants: kind === "worker" ? [] : checkGrants(token.grants),
      createdBy: actor,
      createdAtMs: nowMs,
      expiresAtMs,
      usedAtMs: null,
      usedFrom: null,
    };
    // The name of one that has expired is free.
    await this.#store.removeExpired(nowMs);
    if (await this.#store.addCredential(row)) return { secret, entry: entryOf(row) };
    throw new MillraceError("NAME_TAKEN", `There is a token "${name}" already.`, {
      hint: "Take another name, or revoke that one first.",
    });
  }

  /** Lets nobody in with it any more. @throws MillraceError `UNKNOWN_TOKEN`. */
  async revoke(kind: TokenKind, name: string): Promise<void> {
    if (await this.#store.removeCredential(kind, name)) return;
    const names = (await this.list(null)).filter((each) => each.kind === kind).map(({ id }) => id);
    throw new MillraceError("UNKNOWN_TOKEN", `There is no ${kind} token "${name}".`, {
      hint: didYouMean(name, names, "tokens"),
    });
  }
}

function entryOf(row: CredentialRow): TokenEntry {
  const { hash: _, ...entry } = row;
  return entry;
}
