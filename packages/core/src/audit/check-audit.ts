import { type AuditHead, type AuditRow, type Digest, EMPTY_AUDIT } from "./audit-row.ts";
import { auditHash } from "./chain-audit.ts";

/** Something that was done to the record after it was written. */
export type AuditFault =
  /** The row is not what was written. */
  | { readonly kind: "changed"; readonly seq: number }
  /** Rows from one number to another are gone. */
  | { readonly kind: "missing"; readonly from: number; readonly to: number }
  /** There is a row that nobody wrote by the chain. */
  | { readonly kind: "extra"; readonly seq: number }
  /** The head does not fit the last row. */
  | { readonly kind: "head"; readonly seq: number }
  /** A head that was noted elsewhere is in the chain no more: it was written anew from there or before. */
  | { readonly kind: "rewritten"; readonly seq: number };

/**
 * Walks the chain from its first row to its head and finds whatever was changed, taken out, put in or moved. Each fault is
 * found for itself: after one, the walk goes on from what the row says.
 */
export class AuditCheck {
  readonly #digest: Digest;
  readonly #noted: ReadonlyMap<number, string>;
  #last: AuditHead = EMPTY_AUDIT;

  /** @param noted heads of earlier that were kept in another place, such as a print-out. */
  constructor(digest: Digest, noted: readonly AuditHead[] = []) {
    this.#digest = digest;
    this.#noted = new Map(noted.map(({ seq, hash }) => [seq, hash]));
  }

  /** The last row that was looked at. */
  get last(): AuditHead {
    return this.#last;
  }

  /** Looks at the next rows, in the order of their numbers. */
  next(rows: readonly AuditRow[]): readonly AuditFault[] {
    return rows.flatMap((row) => this.#look(row));
  }

  /** Looks at the end. @param head as it was when the walk had its last rows. */
  end(head: AuditHead): readonly AuditFault[] {
    const { seq, hash } = this.#last;
    const faults: AuditFault[] = [];
    if (head.seq > seq) faults.push({ kind: "missing", from: seq + 1, to: head.seq });
    else if (head.seq < seq || head.hash !== hash) faults.push({ kind: "head", seq: head.seq });
    for (const noted of this.#noted.keys()) if (noted > seq) faults.push({ kind: "rewritten", seq: noted });
    return faults;
  }

  #look(row: AuditRow): AuditFault[] {
    const { seq, hash } = row;
    const expected = this.#last.seq + 1;
    // Numbers are unique and in order, so a smaller one is below the first.
    if (seq < expected) return [{ kind: "extra", seq }];
    const faults: AuditFault[] = [];
    // After a gap nobody knows the hash that the row was made with.
    if (seq > expected) faults.push({ kind: "missing", from: expected, to: seq - 1 });
    else if (auditHash(row, this.#last.hash, this.#digest) !== hash) faults.push({ kind: "changed", seq });
    const noted = this.#noted.get(seq);
    if (noted !== undefined && noted !== hash) faults.push({ kind: "rewritten", seq });
    this.#last = { seq, hash };
    return faults;
  }
}
