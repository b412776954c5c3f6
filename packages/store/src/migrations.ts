import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text, lower-case hex. */
  readonly checksum: string;
}

/** Named in full, so that the build finds the folder and puts it beside the bundle. */
const FOLDERS = {
  sqlite: new URL("../migrations/sqlite/", import.meta.url),
  postgres: new URL("../migrations/postgres/", import.meta.url),
};

/** Reads the migrations of a dialect, `0001-….sql` and on, in order. */
export function readMigrations(dialect: keyof typeof FOLDERS): readonly Migration[] {
  const folder = FOLDERS[dialect];
  const files = readdirSync(folder).filter((file) => /^\d{4}-.+\.sql$/.test(file));
  return files.sort().map((file) => {
    const sql = readFileSync(new URL(file, folder), "utf8");
    const checksum = createHash("sha256").update(sql).digest("hex");
    return { number: Number(file.slice(0, 4)), name: file.slice(5, -4), sql, checksum };
  });
}

/** How many migrations there are: what the rows of an up-to-date database are written for. */
export function schemaVersion(dialect: keyof typeof FOLDERS): number {
  return readMigrations(dialect).length;
}

/** A migration as a database remembers it. */
export type AppliedMigration = Pick<Migration, "name" | "checksum">;

/**
 * The migrations that a database still needs. Refuses one that a newer version wrote, and one whose migrations are others
 * than ours.
 */
export function missingMigrations(
  place: string,
  applied: readonly AppliedMigration[],
  known: readonly Migration[],
): readonly Migration[] {
  if (applied.length > known.length) {
    throw new MillraceError(
      "DATABASE_NEWER",
      `The database ${place} has schema ${applied.length}; this version of Millrace knows ${known.length}.`,
      { hint: "Use the version of Millrace that wrote it, or a later one. Nothing was changed." },
    );
  }
  for (const [index, { checksum, name }] of applied.entries()) {
    if (checksum === known[index]?.checksum) continue;
    throw new MillraceError(
      "STORE_FAILED",
      `Migration ${index + 1} (${name}) of the database ${place} is not the one that this version of Millrace has.`,
      { hint: "It was made by an unreleased version. Move it away; a new one is made on the next start." },
    );
  }
  return known.slice(applied.length);
}
