import type { Reseal, Vault, VaultKind, VaultRow } from "@millrace/core";
import type { MemoryDatabase } from "./database.ts";

export class MemoryVault implements Vault {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  async list(): Promise<readonly VaultRow[]> {
    const rows = [...this.#database.vault.values()].filter(({ holding }) => holding.kind !== "removed");
    return rows.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  async find(kind: VaultKind, name: string): Promise<VaultRow | undefined> {
    return this.#database.vault.get(keyOf({ kind, name }));
  }

  async put(row: VaultRow): Promise<boolean> {
    const before = this.#database.vault.get(keyOf(row));
    if (before !== undefined && before.version !== row.version - 1) return false;
    this.#database.vault.set(keyOf(row), row);
    return true;
  }

  async reseal({ kind, name, version, fromKeyId, keyId, text }: Reseal): Promise<boolean> {
    const row = this.#database.vault.get(keyOf({ kind, name }));
    if (row?.version !== version || row.holding.kind !== "sealed" || row.holding.keyId !== fromKeyId) return false;
    this.#database.vault.set(keyOf(row), { ...row, holding: { kind: "sealed", keyId, text } });
    return true;
  }
}

function keyOf({ kind, name }: Pick<VaultRow, "kind" | "name">): string {
  return `${kind} ${name}`;
}
