import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text, lower-case hex. */
  readonly checksum: string;
}

/**
 * Reads the migrations of a dialect, `migrations/<dialect>/0001-….sql`, in order. The folder stands beside `src` and
 * beside `dist`, so the path is the same from both; whoever bundles this module ships the folder beside the bundle's.
 */
export function readMigrations(dialect: "sqlite"): readonly Migration[] {
  const folder = new URL(`../migrations/${dialect}/`, import.meta.url);
  const files = readdirSync(folder).filter((file) => /^\d{4}-.+\.sql$/.test(file));
  return files.sort().map((file) => {
    const sql = readFileSync(new URL(file, folder), "utf8");
    const checksum = createHash("sha256").update(sql).digest("hex");
    return { number: Number(file.slice(0, 4)), name: file.slice(5, -4), sql, checksum };
  });
}
