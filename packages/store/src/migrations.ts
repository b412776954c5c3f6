import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text, lower-case hex. */
  readonly checksum: string;
}

/** Named in full, so that the build finds the folder and puts it beside the bundle. */
const FOLDERS = { sqlite: new URL("../migrations/sqlite/", import.meta.url) };

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
