import type { Grant } from "../access/principal.ts";

/**
 * Who may come in: users, and what they show for it. The store keeps hashes and never what was hashed. Anybody may write,
 * since no run's state hangs on it; two who write the same row at once are told apart by its version.
 */
export interface PeopleStore {
  /** Whether there is a user, disabled or not. From then on everybody has to say who they are. */
  hasUsers(): Promise<boolean>;
  listUsers(): Promise<readonly UserRow[]>;
  findUser(name: string): Promise<UserRow | undefined>;
  /** Writes the next version of a user. False when its version is not the one after what is there. */
  putUser(row: UserRow): Promise<boolean>;

  /** Every credential of a kind, by its id. */
  listCredentials(kind: CredentialKind): Promise<readonly CredentialRow[]>;
  findCredential(hash: string): Promise<CredentialRow | undefined>;
  /** False when its id is taken. */
  addCredential(row: CredentialRow): Promise<boolean>;
  /** Writes down that a credential was used, unless it is gone. */
  recordUse(hash: string, atMs: number, from: string): Promise<void>;
  /** False when it is gone already: of two who remove it, one does. */
  removeCredential(kind: CredentialKind, id: string): Promise<boolean>;
  /** All of a kind, of one user or with null of whomever. Gives how many there were. */
  removeCredentials(kind: CredentialKind, user: string | null): Promise<number>;
  /** Those that expired before an instant. */
  removeExpired(beforeMs: number): Promise<void>;

  findGuesses(account: string): Promise<GuessesRow | undefined>;
  /** Writes the next version of what was guessed at an account. False when somebody was quicker. */
  putGuesses(row: GuessesRow): Promise<boolean>;
  /** Forgets accounts at which nobody guessed since an instant. */
  removeGuesses(beforeMs: number): Promise<void>;
}

export interface UserRow {
  readonly name: string;
  /** From 1, one more with each change. */
  readonly version: number;
  /** The password's hash with how it was made; null for a user who cannot log in by password. */
  readonly password: string | null;
  readonly grants: readonly Grant[];
  readonly createdAtMs: number;
  /** Since when the user may not come in any more, or null. */
  readonly disabledAtMs: number | null;
  readonly setBy: string;
  readonly setAtMs: number;
}

/** `session`: of a browser. `api`: a token of a program. `worker`: a token that workers connect with. `setup`: makes the first user. */
export type CredentialKind = "session" | "api" | "worker" | "setup";

/** Something that lets in whoever has it. It is known by its hash alone. */
export interface CredentialRow {
  readonly kind: CredentialKind;
  /** For people, and no secret: a token's name, or made up. */
  readonly id: string;
  /** SHA-256 of it, as hexadecimal digits. */
  readonly hash: string;
  /** Whose it is: it may never do more than they may. Null for what belongs to the project. */
  readonly user: string | null;
  /** What it may do itself; of a session nothing beside what its user may. */
  readonly grants: readonly Grant[];
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  /** When it was used, as far as that was written down; about once a minute. */
  readonly usedAtMs: number | null;
  /** The address that it was used from. */
  readonly usedFrom: string | null;
}

/** When somebody guessed at an account's password, of late. */
export interface GuessesRow {
  /** A hash of the name, which may be anything that somebody typed. */
  readonly account: string;
  readonly version: number;
  /** The oldest first. */
  readonly atMs: readonly number[];
  readonly lastAtMs: number;
}
