import type { SqliteConnection } from "./connection.ts";

/** Free space that is not worth giving back: what is written next fills it without the file having to grow. */
const WORTHLESS_SHARE = 0.25;
const WORTHLESS_PAGES = 2_048;
/** Pages that one step gives back. Each may have to be filled with the file's last page first. */
const STEP_PAGES = 100;

/**
 * Gives a few free pages at the end of the file back to the disk, when there are many. A step is a transaction of its
 * own, and its pages go through the write-ahead log like any others.
 */
export function compact(connection: SqliteConnection): boolean {
  const free = pragma(connection, "freelist_count");
  const worthless = Math.max(WORTHLESS_PAGES, pragma(connection, "page_count") * WORTHLESS_SHARE);
  if (free <= worthless) return false;
  connection.exec(`pragma incremental_vacuum(${STEP_PAGES})`);
  // A database that was made without incremental vacuum stays as it is.
  return pragma(connection, "freelist_count") < free;
}

function pragma(connection: SqliteConnection, name: string): number {
  return Number(connection.query(`pragma ${name}`)[0]?.[name]);
}
