import { MillraceError } from "@millrace/core";

const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 1_000;

/** How long to wait after so many failures of the store in a row, in milliseconds: 100 after the first, a second at most. */
export function backOffMs(failures: number): number {
  return Math.min(FIRST_BACK_OFF_MS * 2 ** failures, LONGEST_BACK_OFF_MS);
}

/** Whether it is the store that failed, which may work again, and not what was asked of it. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof MillraceError && (error.code === "STORE_FAILED" || error.code === "DATABASE_LOCKED");
}
