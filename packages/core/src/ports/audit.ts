import type { AuditHead, AuditRow } from "../audit/audit-row.ts";

/**
 * The record of who changed what. Rows are appended, one after the other whoever writes, and never changed; the store keeps
 * what it is given and checks nothing but the order.
 */
export interface AuditTrail {
  /** The last row's place, `EMPTY_AUDIT` where there is none. */
  head(): Promise<AuditHead>;
  /**
   * Appends rows that follow each other and `head`, all or none, and makes the last of them the head. False when `head` is the
   * head no more: somebody else was quicker.
   */
  append(head: AuditHead, rows: readonly AuditRow[]): Promise<boolean>;
  /** The row of an act, if it was recorded. */
  findByRef(ref: string): Promise<AuditRow | undefined>;
  /** Rows, the newest first. */
  list(query: AuditQuery): Promise<readonly AuditRow[]>;
  /** Rows after a number, the oldest first. */
  read(after: number, limit: number): Promise<readonly AuditRow[]>;
}

export interface AuditQuery {
  /** Only rows with a smaller number. */
  readonly before: number;
  readonly limit: number;
  /** Only what this one did, or what was done to this one. */
  readonly of: { readonly who: "actor" | "target"; readonly name: string } | null;
}
