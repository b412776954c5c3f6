import { accessSync, closeSync, constants, existsSync, openSync, rmSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { MillraceError } from "@millrace/core";

/** What node:sqlite throws: SQLite's extended result code is in `errcode`. */
interface SqliteError extends Error {
  readonly code: "ERR_SQLITE_ERROR";
  readonly errcode: number;
}

function isSqliteError(thrown: unknown): thrown is SqliteError {
  return thrown instanceof Error && (thrown as Partial<SqliteError>).code === "ERR_SQLITE_ERROR";
}

// Primary result codes, https://www.sqlite.org/rescode.html
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** Whether another process's lock is in the way. */
export function isBusy(thrown: unknown): boolean {
  return isSqliteError(thrown) && (primaryCode(thrown) === BUSY || primaryCode(thrown) === LOCKED);
}

/** Whether SQLite met pages that are not what they should be. */
export function isCorrupt(thrown: unknown): boolean {
  return isSqliteError(thrown) && (primaryCode(thrown) === CORRUPT || primaryCode(thrown) === NOTADB);
}

function primaryCode(error: SqliteError): number {
  // Extended codes keep the primary one in their lowest byte.
  return error.errcode % 256;
}

/**
 * Gives every failure of the database its code, its place and its remedy. Errors of ours pass; anything else is a bug
 * and passes too.
 */
export function toStoreError(thrown: unknown, path: string): unknown {
  if (isSqliteError(thrown)) return fromSqlite(thrown, path);
  const system = thrown as NodeJS.ErrnoException;
  if (!(thrown instanceof Error) || typeof system.syscall !== "string") return thrown;
  if (system.code === "ENOSPC" || system.code === "EDQUOT") return diskFull(path, thrown);
  if (isRefusal(system)) return readOnly(path, thrown);
  return failed(path, thrown);
}

function fromSqlite(error: SqliteError, path: string): MillraceError {
  switch (primaryCode(error)) {
    case BUSY:
    case LOCKED:
      return new MillraceError("DATABASE_LOCKED", `The database ${path} is locked by another program.`, {
        hint: "Close what holds it (a database browser, a backup, a copy in progress) and try again. Nothing was lost.",
        cause: error,
      });
    case READONLY:
      return readOnly(path, error);
    case CORRUPT:
    case NOTADB:
      return corrupt(path, error);
    case FULL:
      return diskFull(path, error);
    case IOERR:
      return hasNoSpace(path) ? diskFull(path, error) : failed(path, error);
    case CANTOPEN:
      return cannotWrite(path) ? readOnly(path, error) : failed(path, error);
    default:
      return failed(path, error);
  }
}

function readOnly(path: string, cause: Error): MillraceError {
  return new MillraceError("DATABASE_READ_ONLY", `The database ${path} cannot be written: ${cause.message}.`, {
    hint: "Give this user the right to write the file and its folder (SQLite keeps two files beside it), or choose another place.",
    cause,
  });
}

/** Reading what is not there is no failure of the disk. */
export function requireFile(path: string): void {
  if (existsSync(path)) return;
  throw new MillraceError("STORE_FAILED", `There is no database at ${path}.`, {
    hint: "The first run of a flow makes it.",
  });
}

function corrupt(path: string, cause: Error): MillraceError {
  return new MillraceError("DATABASE_CORRUPT", `${path} is damaged or not a database: ${cause.message}.`, {
    hint: "Restore it from a backup, or move it away together with its -wal and -shm files; a new one is made on the next start.",
    cause,
  });
}

function diskFull(path: string, cause: Error): MillraceError {
  return new MillraceError("DISK_FULL", `There is no space left for the database ${path}.`, {
    hint: `Free space on the disk that holds ${dirname(path)} and try again. What was acknowledged before is safe.`,
    cause,
  });
}

function failed(path: string, cause: Error): MillraceError {
  return new MillraceError("STORE_FAILED", `The database ${path} failed: ${cause.message}.`, {
    hint: existsSync(dirname(path))
      ? "Check the disk and the folder that holds the database; `millrace doctor` tells what it finds."
      : `The folder ${dirname(path)} does not exist.`,
    cause,
  });
}

/** SQLite reports some full disks as plain input/output errors: its shared-memory file cannot grow, for one. */
function hasNoSpace(path: string): boolean {
  try {
    return statfsSync(dirname(path)).bavail === 0;
  } catch {
    return false;
  }
}

/** A database that cannot be opened may be one that this user may not write, or not make. */
function cannotWrite(path: string): boolean {
  try {
    if (existsSync(path)) {
      // Asked and not tried: closing the file would drop the locks that SQLite holds on it for this process.
      for (const place of [path, dirname(path)]) accessSync(place, constants.W_OK);
    } else {
      closeSync(openSync(path, "wx"));
      rmSync(path);
    }
    return false;
  } catch (error) {
    return isRefusal(error as NodeJS.ErrnoException);
  }
}

function isRefusal({ code }: NodeJS.ErrnoException): boolean {
  return code === "EACCES" || code === "EROFS" || code === "EPERM";
}
