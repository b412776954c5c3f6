import type { CredentialKind, CredentialRow, GuessesRow, PeopleStore, UserRow } from "@millrace/core";
import type { MemoryDatabase } from "./database.ts";

export class MemoryPeople implements PeopleStore {
  readonly #database: MemoryDatabase["people"];

  constructor({ people }: MemoryDatabase) {
    this.#database = people;
  }

  async hasUsers(): Promise<boolean> {
    return this.#database.users.size > 0;
  }

  async listUsers(): Promise<readonly UserRow[]> {
    return [...this.#database.users.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async findUser(name: string): Promise<UserRow | undefined> {
    return this.#database.users.get(name);
  }

  async putUser(row: UserRow): Promise<boolean> {
    return putNext(this.#database.users, row.name, row);
  }

  async listCredentials(kind: CredentialKind): Promise<readonly CredentialRow[]> {
    const rows = [...this.#database.credentials.values()].filter((row) => row.kind === kind);
    return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async findCredential(hash: string): Promise<CredentialRow | undefined> {
    return this.#database.credentials.get(hash);
  }

  async addCredential(row: CredentialRow): Promise<boolean> {
    const rows = await this.listCredentials(row.kind);
    if (rows.some(({ id }) => id === row.id)) return false;
    this.#database.credentials.set(row.hash, row);
    return true;
  }

  async recordUse(hash: string, usedAtMs: number, usedFrom: string): Promise<void> {
    const row = this.#database.credentials.get(hash);
    if (row !== undefined) this.#database.credentials.set(hash, { ...row, usedAtMs, usedFrom });
  }

  async removeCredential(kind: CredentialKind, id: string): Promise<boolean> {
    return this.#remove((row) => row.kind === kind && row.id === id) > 0;
  }

  async removeCredentials(kind: CredentialKind, user: string | null): Promise<number> {
    return this.#remove((row) => row.kind === kind && (user === null || row.user === user));
  }

  async removeExpired(beforeMs: number): Promise<void> {
    this.#remove(({ expiresAtMs }) => expiresAtMs !== null && expiresAtMs < beforeMs);
  }

  async findGuesses(account: string): Promise<GuessesRow | undefined> {
    return this.#database.guesses.get(account);
  }

  async putGuesses(row: GuessesRow): Promise<boolean> {
    return putNext(this.#database.guesses, row.account, row);
  }

  async removeGuesses(beforeMs: number): Promise<void> {
    const { guesses } = this.#database;
    for (const [account, { lastAtMs }] of guesses) if (lastAtMs < beforeMs) guesses.delete(account);
  }

  #remove(isMeant: (row: CredentialRow) => boolean): number {
    const meant = [...this.#database.credentials.values()].filter(isMeant);
    for (const { hash } of meant) this.#database.credentials.delete(hash);
    return meant.length;
  }
}

function putNext<Row extends { readonly version: number }>(rows: Map<string, Row>, key: string, row: Row): boolean {
  const before = rows.get(key);
  if (before !== undefined && before.version !== row.version - 1) return false;
  rows.set(key, row);
  return true;
}
