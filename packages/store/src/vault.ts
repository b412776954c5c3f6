import type { Reseal, Vault, VaultKind, VaultRow } from "@millrace/core";
import type { Act } from "./act.ts";
import {
  findVaultEntry,
  listVaultEntries,
  putVaultEntry,
  resealVaultEntry,
  vaultEntryFromColumns,
  vaultEntryToColumns,
} from "./tables/vault-entry.ts";

type Access = <Args extends object, Row>(act: Act<Args, Row>, given: NoInfer<Args>) => Promise<Row[]>;

/** How acts are run: each store has its own way, and gives failures their code. */
export interface VaultAccess {
  readonly read: Access;
  readonly write: Access;
}

/** Secrets and variables, on any database. */
export class StoreVault implements Vault {
  readonly #access: VaultAccess;

  constructor(access: VaultAccess) {
    this.#access = access;
  }

  async list(): Promise<readonly VaultRow[]> {
    return (await this.#access.read(listVaultEntries, {})).map(vaultEntryFromColumns);
  }

  async find(kind: VaultKind, name: string): Promise<VaultRow | undefined> {
    const [row] = await this.#access.read(findVaultEntry, { kind, name });
    return row === undefined ? undefined : vaultEntryFromColumns(row);
  }

  async put(row: VaultRow): Promise<boolean> {
    return (await this.#access.write(putVaultEntry, vaultEntryToColumns(row))).length > 0;
  }

  async reseal(seal: Reseal): Promise<boolean> {
    return (await this.#access.write(resealVaultEntry, seal)).length > 0;
  }
}
