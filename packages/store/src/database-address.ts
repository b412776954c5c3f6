import { MillraceError } from "@millrace/core";

/** Where a project's database is. */
export type DatabaseAddress =
  | { readonly kind: "sqlite"; readonly path: string }
  /** `url` as PostgreSQL's own programs take it; Millrace's tables are in a schema of their own. */
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string };

export const DEFAULT_SCHEMA = "millrace";

/** What PostgreSQL takes without quotes, and short enough for the names that are made of it. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,39}$/;

const EXAMPLE = "postgres://user:password@host:5432/database?schema=millrace";

/**
 * Reads `MILLRACE_DATABASE_URL`: `sqlite:<path>`, `postgres://…` or `postgresql://…`, the latter with `?schema=` for
 * another schema than `millrace`. Throws `USAGE`; what it says never holds a password.
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const trimmed = text.trim();
  const scheme = /^([a-z0-9+.-]+):/i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === "sqlite") return sqliteAddress(trimmed);
  if (scheme === "postgres" || scheme === "postgresql") return postgresAddress(trimmed);
  const what =
    scheme === undefined ? "has no scheme" : `has the scheme "${scheme}", which is no database of Millrace's`;
  throw refused(`The database URL ${what}.`);
}

function sqliteAddress(text: string): DatabaseAddress {
  const path = text.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
  if (path === "") throw refused("The database URL names no file.", "Write sqlite: and the path of the file.");
  if (path.startsWith("//")) {
    throw refused("A SQLite database has no host.", "Write sqlite:relative/path.db or sqlite:/absolute/path.db.");
  }
  return { kind: "sqlite", path };
}

function postgresAddress(text: string): DatabaseAddress {
  const [whole = "", query = ""] = text.split(/\?(.*)/s);
  if (!/^postgres(?:ql)?:\/\//i.test(whole)) throw refused("The database URL lacks the // after its scheme.");
  if (!canDecode(whole)) {
    throw refused(
      "The database URL has a % that begins no escape.",
      "Write special characters of the user and the password as %40 (@), %3A (:), %2F (/), %25 (%).",
    );
  }
  const params = new URLSearchParams(query);
  const schema = params.get("schema") ?? DEFAULT_SCHEMA;
  requireSchemaName(schema);
  params.delete("schema");
  const rest = params.toString();
  return { kind: "postgres", url: rest === "" ? whole : `${whole}?${rest}`, schema };
}

/** Throws `USAGE` for a name that would need quotes, or is too long for the names that are made of it. */
export function requireSchemaName(schema: string): void {
  if (SCHEMA.test(schema)) return;
  throw refused(
    `"${schema}" is no name for a schema here.`,
    "Use up to 40 lower-case letters, digits and _, beginning with a letter.",
  );
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function refused(message: string, hint = `Use sqlite:<path> or ${EXAMPLE}.`): MillraceError {
  return new MillraceError("USAGE", message, { hint });
}

/** An address for people: no password, no parameters. */
export function describeAddress(address: DatabaseAddress): string {
  if (address.kind === "sqlite") return address.path;
  const [whole = ""] = address.url.split("?");
  const host = whole.replace(/^[^/]*\/\//, "").replace(/^.*@/s, "");
  return `postgres://${host}, schema ${address.schema}`;
}
