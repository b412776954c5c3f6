import type { CredentialKind, CredentialRow, GuessesRow, PeopleStore, UserRow } from "@millrace/core";
import {
  accountFromColumns,
  accountToColumns,
  findAccount,
  findAnyAccount,
  listAccounts,
  putAccount,
} from "./tables/account.ts";
import {
  addCredential,
  credentialFromColumns,
  credentialToColumns,
  findCredential,
  listCredentials,
  removeCredential,
  removeCredentials,
  removeCredentialsOfAccount,
  removeExpiredCredentials,
  useCredential,
} from "./tables/credential.ts";
import { findGuesses, guessesFromColumns, guessesToColumns, putGuesses, removeGuesses } from "./tables/login-guess.ts";
import type { VaultAccess } from "./vault.ts";

/** Users, what they show, and guesses at their passwords, on any database. */
export class StorePeople implements PeopleStore {
  readonly #access: VaultAccess;

  constructor(access: VaultAccess) {
    this.#access = access;
  }

  async hasUsers(): Promise<boolean> {
    return (await this.#access.read(findAnyAccount, {})).length > 0;
  }

  async listUsers(): Promise<readonly UserRow[]> {
    return (await this.#access.read(listAccounts, {})).map(accountFromColumns);
  }

  async findUser(name: string): Promise<UserRow | undefined> {
    const [row] = await this.#access.read(findAccount, { name });
    return row === undefined ? undefined : accountFromColumns(row);
  }

  async putUser(row: UserRow): Promise<boolean> {
    return (await this.#access.write(putAccount, accountToColumns(row))).length > 0;
  }

  async listCredentials(kind: CredentialKind): Promise<readonly CredentialRow[]> {
    return (await this.#access.read(listCredentials, { kind })).map(credentialFromColumns);
  }

  async findCredential(hash: string): Promise<CredentialRow | undefined> {
    const [row] = await this.#access.read(findCredential, { hash });
    return row === undefined ? undefined : credentialFromColumns(row);
  }

  async addCredential(row: CredentialRow): Promise<boolean> {
    return (await this.#access.write(addCredential, credentialToColumns(row))).length > 0;
  }

  async recordUse(hash: string, at: number, from: string): Promise<void> {
    await this.#access.write(useCredential, { hash, at, from });
  }

  async removeCredential(kind: CredentialKind, id: string): Promise<boolean> {
    return (await this.#access.write(removeCredential, { kind, id })).length > 0;
  }

  async removeCredentials(kind: CredentialKind, user: string | null): Promise<number> {
    const { write } = this.#access;
    const removed =
      user === null
        ? await write(removeCredentials, { kind })
        : await write(removeCredentialsOfAccount, { kind, account: user });
    return removed.length;
  }

  async removeExpired(before: number): Promise<void> {
    await this.#access.write(removeExpiredCredentials, { before });
  }

  async findGuesses(account: string): Promise<GuessesRow | undefined> {
    const [row] = await this.#access.read(findGuesses, { account });
    return row === undefined ? undefined : guessesFromColumns(row);
  }

  async putGuesses(row: GuessesRow): Promise<boolean> {
    return (await this.#access.write(putGuesses, guessesToColumns(row))).length > 0;
  }

  async removeGuesses(before: number): Promise<void> {
    await this.#access.write(removeGuesses, { before });
  }
}
