import type { Reseal, VaultHolding, VaultKind, VaultRow } from "@millrace/core";
import { act } from "../act.ts";
import type { VaultEntryTable } from "../schema.ts";

/** The next version of an entry; gives no row when it is not the next. */
export const putVaultEntry = act("putVaultEntry", (db, given: VaultEntryTable) =>
  db
    .insertInto("vault_entry")
    .values({
      kind: given.kind,
      name: given.name,
      version: given.version,
      holding: given.holding,
      key_id: given.key_id,
      value: given.value,
      description: given.description,
      set_by: given.set_by,
      set_at: given.set_at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["kind", "name"])
        .doUpdateSet((eb) => ({
          version: eb.ref("excluded.version"),
          holding: eb.ref("excluded.holding"),
          key_id: eb.ref("excluded.key_id"),
          value: eb.ref("excluded.value"),
          description: eb.ref("excluded.description"),
          set_by: eb.ref("excluded.set_by"),
          set_at: eb.ref("excluded.set_at"),
        }))
        .where((eb) => eb(eb.ref("vault_entry.version"), "=", eb(eb.ref("excluded.version"), "-", eb.lit(1)))),
    )
    .returning("version"),
);

/** Nobody has so many that a page would be needed. */
export const listVaultEntries = act("listVaultEntries", (db) =>
  db.selectFrom("vault_entry").selectAll().where("holding", "<>", "removed").orderBy("kind").orderBy("name"),
);

export const findVaultEntry = act("findVaultEntry", (db, given: { kind: VaultKind; name: string }) =>
  db.selectFrom("vault_entry").selectAll().where("kind", "=", given.kind).where("name", "=", given.name),
);

/** The same version under another key; gives no row when somebody was quicker. */
export const resealVaultEntry = act("resealVaultEntry", (db, given: Reseal) =>
  db
    .updateTable("vault_entry")
    .set({ key_id: given.keyId, value: given.text })
    .where("kind", "=", given.kind)
    .where("name", "=", given.name)
    .where("version", "=", given.version)
    .where("key_id", "=", given.fromKeyId)
    .returning("version"),
);

export function vaultEntryToColumns(row: VaultRow): VaultEntryTable {
  const { kind, name, version, holding, description, setBy, setAtMs } = row;
  return {
    kind,
    name,
    version,
    holding: holding.kind,
    key_id: holding.kind === "sealed" ? holding.keyId : null,
    value: textOf(holding),
    description,
    set_by: setBy,
    set_at: setAtMs,
  };
}

function textOf(holding: VaultHolding): string | null {
  if (holding.kind === "removed") return null;
  return holding.kind === "reference" ? holding.to : holding.text;
}

export function vaultEntryFromColumns(row: VaultEntryTable): VaultRow {
  const { kind, name, version, description } = row;
  return { kind, name, version, holding: holdingOf(row), description, setBy: row.set_by, setAtMs: row.set_at };
}

function holdingOf({ holding, key_id, value }: VaultEntryTable): VaultHolding {
  const text = value ?? "";
  switch (holding) {
    case "plain":
      return { kind: "plain", text };
    case "sealed":
      return { kind: "sealed", keyId: key_id ?? "", text };
    case "reference":
      return { kind: "reference", to: text };
    case "removed":
      return { kind: "removed" };
  }
}
