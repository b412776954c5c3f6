import type { ArtifactId, EncodedText, StoredValue } from "@millrace/core";
import type { ValueColumns } from "../schema.ts";

/** Columns of values too large for a row hold the artifact's name; an artifact always says its size. */
export function valueToColumns(value: StoredValue): ValueColumns {
  switch (value.kind) {
    case "none":
      return { text: null, artifact: null, bytes: null };
    case "inline":
      return { text: value.text, artifact: null, bytes: null };
    case "artifact":
      return { text: null, artifact: value.artifact, bytes: value.bytes };
  }
}

export function valueFromColumns(row: ValueColumns): StoredValue {
  if (row.text !== null) return { kind: "inline", text: row.text as EncodedText };
  if (row.artifact === null) return { kind: "none" };
  return { kind: "artifact", artifact: row.artifact as ArtifactId, bytes: row.bytes ?? 0 };
}
