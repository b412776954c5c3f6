import type { VaultEntry } from "@millrace/server";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant } from "../output/time-text.ts";

/** Lists secrets for people, without any value. */
export function secretTable(
  entries: readonly VaultEntry[],
  readBy: ReadonlyMap<string, readonly string[]>,
  style: Style,
): string[] {
  const columns = [
    { title: "SECRET" },
    { title: "VERSION", align: "right" },
    { title: "WHERE" },
    { title: "SET BY" },
    { title: "AT" },
    { title: "READ BY" },
    { title: "" },
  ] as const;
  const rows = entries.map((entry) => [
    style.bold(entry.name),
    String(entry.version),
    entry.keyId === null ? entry.source : `encrypted (key ${entry.keyId})`,
    entry.setBy,
    isoInstant(entry.setAtMs),
    (readBy.get(entry.name) ?? []).join(", "),
    style.dim(entry.description ?? ""),
  ]);
  return tableText(columns, rows, style.dim);
}

export function variableTable(entries: readonly VaultEntry[], style: Style): string[] {
  const columns = [
    { title: "VARIABLE" },
    { title: "VALUE" },
    { title: "VERSION", align: "right" },
    { title: "SET BY" },
    { title: "AT" },
    { title: "" },
  ] as const;
  const rows = entries.map((entry) => [
    style.bold(entry.name),
    (entry.value ?? "").replaceAll(/\s+/g, " ").slice(0, 60),
    String(entry.version),
    entry.setBy,
    isoInstant(entry.setAtMs),
    style.dim(entry.description ?? ""),
  ]);
  return tableText(columns, rows, style.dim);
}

/** For programs. Of a secret there is no value to leave out: it was never read. */
export function entryRecord(type: string, entry: VaultEntry): Readonly<Record<string, unknown>> {
  const { kind, name, version, source, keyId, value, description, setBy, setAtMs } = entry;
  const own = kind === "variable" ? { value } : { source, key: keyId };
  return { type, [kind]: name, version, ...own, description, setBy, setAt: isoInstant(setAtMs) };
}
