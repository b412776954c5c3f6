/** Somebody changed something: what is said about it when it has happened. */
export interface AuditEntry {
  /** Who: a user, `token:ci`, or the operating system's user of a command. */
  readonly actor: string;
  /** What was done, `run.start`: a noun and a verb. */
  readonly action: string;
  /** To what: `flow daily-orders`, `run 01J…`, `secret shop-token`. */
  readonly target: string;
  /** From where: `web 127.0.0.1`, `api 127.0.0.1`, `command build-7`. */
  readonly from: string;
  /** What was there, as plain JSON; null for nothing, and where nobody looked. Never a secret's value. */
  readonly before: unknown;
  /** What was asked for, or is there now, as plain JSON. Never a secret's value. */
  readonly after: unknown;
  /** One act has one: the same twice is one row. Null for what is not repeated. */
  readonly ref: string | null;
}

/** An entry as it is kept: its values as JSON text, and its place in the chain. */
export interface AuditRow extends Omit<AuditEntry, "before" | "after"> {
  /** From 1, without a gap. */
  readonly seq: number;
  readonly atMs: number;
  readonly before: string | null;
  readonly after: string | null;
  /** Of all that is in the row, and of the hash of the row before it: SHA-256 as lower-case hex. */
  readonly hash: string;
}

/** The last row of the chain. It is kept apart from the rows, so that it is noticed when the last ones are gone. */
export type AuditHead = Pick<AuditRow, "seq" | "hash">;

/** The head of a chain without rows. */
export const EMPTY_AUDIT: AuditHead = { seq: 0, hash: "" };

/** SHA-256 of a text in UTF-8, as lower-case hex. Handed in: core has no cryptography of its own. */
export type Digest = (text: string) => string;
