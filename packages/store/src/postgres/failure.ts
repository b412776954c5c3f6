import { type ErrorCode, MillraceError } from "@millrace/core";

/** What the server answers when it refuses: https://www.postgresql.org/docs/current/errcodes-appendix.html */
interface ServerError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly constraint?: string;
}

function isServerError(thrown: unknown): thrown is ServerError {
  return thrown instanceof Error && typeof (thrown as Partial<ServerError>).severity === "string";
}

/** Connections that were lost, servers that stop or start, and too many connections: worth another try. */
const PASSING = /^(?:08|57P0|53300$|40001$|40P01$)/;

/** What the operating system says of a server that is away, or of the way to it. */
const AWAY = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "EAI_AGAIN",
  "ENOENT",
]);

/** The client's own words for a connection that is gone; it gives them no code. */
const GONE = /connection terminated|connection ended|not queryable|client was closed|timeout expired|timeout exceeded/i;

/** Whether the same again may succeed in a moment, because the server could not be reached or was not ready. */
export function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (isServerError(thrown)) return PASSING.test(thrown.code);
  if (thrown instanceof AggregateError) return thrown.errors.some(isPassing);
  return AWAY.has((thrown as NodeJS.ErrnoException).code ?? "") || GONE.test(thrown.message);
}

/** Whether the server takes no connections for a moment: it starts, stops, or has no place left. */
export function isNotReady(thrown: unknown): boolean {
  return isServerError(thrown) && /^(?:57P0[123]|53300)$/.test(thrown.code);
}

/**
 * Whether the server refused the statement and goes on: then it was rolled back. After anything else (a connection that
 * broke, a server that stops) nobody has said what became of it.
 */
export function isRefusal(thrown: unknown): boolean {
  return isServerError(thrown) && thrown.severity !== "FATAL" && thrown.severity !== "PANIC";
}

function isServerCode(thrown: unknown, code: string): boolean {
  return isServerError(thrown) && thrown.code === code;
}

/** Whether a row was refused because another has its key. */
export function violates(thrown: unknown, constraint: string): boolean {
  return isServerCode(thrown, "23505") && (thrown as ServerError).constraint === constraint;
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  "25006": "DATABASE_READ_ONLY",
  // Rows travel whole: the tables have got other columns than the ones we know.
  "42804": "DATABASE_NEWER",
  "42501": "DATABASE_READ_ONLY",
  "53100": "DISK_FULL",
  "55P03": "DATABASE_LOCKED",
  XX001: "DATABASE_CORRUPT",
  XX002: "DATABASE_CORRUPT",
};

const HINTS: Readonly<Record<string, string>> = {
  "25006": "The server is a replica, or was told to take no writes. Give the address of its primary.",
  "42804": "A newer version of Millrace has changed the tables: use that one. Nothing was written.",
  "42501": "Give the user of the URL the rights on the schema, or let its owner open the database once.",
  "53100": "Free space on the server's disk and try again. What was acknowledged before is safe.",
  "55P03": "Something holds a lock on Millrace's tables (a migration, a backup). Nothing was lost; try again.",
  "28P01": "Check the user and the password of the URL.",
  "28000": "Check the user of the URL, and the server's pg_hba.conf.",
  "3D000": "Make the database first: createdb does.",
  "53300": "The server has no connection left: raise max_connections, or close what holds them.",
  XX001: "Restore the database from a backup.",
  XX002: "Restore the database from a backup.",
};

/** Gives every failure of the database its code, its place and its remedy. Errors of ours pass; bugs pass too. */
export function toStoreError(thrown: unknown, place: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof MillraceError) return thrown;
  const { code = "" } = thrown as NodeJS.ErrnoException;
  if (!isServerError(thrown) && !isPassing(thrown) && !isUnreachable(thrown)) return thrown;
  return new MillraceError(CODES[code] ?? "STORE_FAILED", `The database ${place} failed: ${wordsOf(thrown)}.`, {
    hint: HINTS[code] ?? (isServerError(thrown) ? hintFor(code) : "Check that the server runs and can be reached."),
    cause: thrown,
  });
}

function hintFor(code: string): string {
  return PASSING.test(code) ? "The server stops or starts. Try again in a moment." : "The server's log says more.";
}

/** An address that leads nowhere, or a server that speaks no TLS: no passing trouble, and no bug either. */
function isUnreachable(thrown: Error): boolean {
  const { code, syscall } = thrown as NodeJS.ErrnoException;
  return code === "ENOTFOUND" || syscall !== undefined || /SSL|TLS|certificate|SASL|password/i.test(thrown.message);
}

/** A refused connection to a host with several addresses has its reasons inside. */
function wordsOf(thrown: Error): string {
  const words = thrown instanceof AggregateError ? [...new Set(thrown.errors.map(wordsOf))].join(", ") : thrown.message;
  return words.replace(/\.$/, "");
}
