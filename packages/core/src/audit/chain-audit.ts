import type { AuditEntry, AuditHead, AuditRow, Digest } from "./audit-row.ts";

/** The most characters of a text that is kept, and of a value as JSON. */
const MAX_TEXT = 500;
const MAX_VALUE = 16_384;

/** Where and when an entry is put into the chain. */
export interface AuditPlace {
  /** What it comes after. */
  readonly head: AuditHead;
  readonly atMs: number;
}

/**
 * Makes an entry the next row of the chain. Texts are kept such that every database gives them back as they are: a hash
 * over anything else would not be found again. What is too large is kept as its size and its hash.
 */
export function chainAudit(entry: AuditEntry, { head, atMs }: AuditPlace, digest: Digest): AuditRow {
  const row = {
    seq: head.seq + 1,
    atMs,
    actor: plainText(entry.actor),
    action: plainText(entry.action),
    target: plainText(entry.target),
    from: plainText(entry.from),
    before: valueText(entry.before, digest),
    after: valueText(entry.after, digest),
    ref: entry.ref,
  };
  return { ...row, hash: auditHash(row, head.hash, digest) };
}

/** The hash of a row, by all that is in it and the hash of the row before. */
export function auditHash(row: Omit<AuditRow, "hash">, previous: string, digest: Digest): string {
  const { seq, atMs, actor, action, target, from, before, after, ref } = row;
  // One text for one row, whatever is in it: JSON leaves no doubt where a part ends.
  const parts = ["millrace audit", 1, previous, seq, atMs, actor, action, target, from, before, after, ref];
  return digest(JSON.stringify(parts));
}

function plainText(text: string): string {
  const whole = text.replaceAll("\0", "\u{fffd}").toWellFormed();
  return whole.length > MAX_TEXT ? `${whole.slice(0, MAX_TEXT).toWellFormed()}…` : whole;
}

function valueText(value: unknown, digest: Digest): string | null {
  if (value === null || value === undefined) return null;
  const text = JSON.stringify(value);
  if (text.length <= MAX_VALUE) return text;
  return JSON.stringify({ left_out: "too large", characters: text.length, sha256: digest(text) });
}
