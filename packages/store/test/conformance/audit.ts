import { type AuditRow, EMPTY_AUDIT } from "@millrace/core";
import { describe, expect, test } from "vitest";
import type { Subject } from "./subject.ts";

function row(seq: number, more: Partial<AuditRow> = {}): AuditRow {
  return {
    seq,
    atMs: 1_700_000_000_000 + seq,
    actor: "ada",
    action: "pool.set",
    target: "pool shop-api",
    from: "api 127.0.0.1",
    before: null,
    after: '{"slots": 2,  "odd":"\\u0000\\ud800 ü 🙂"}',
    ref: null,
    hash: `hash-${seq}`,
    ...more,
  };
}

export function auditConforms(subject: Subject): void {
  describe("the audit", () => {
    test("gives back what was appended, to the character", async () => {
      const { audit } = subject.store;
      expect(await audit.head()).toEqual(EMPTY_AUDIT);
      const rows = [row(1), row(2, { ref: "act-2", before: "null" }), row(3, { actor: "Grace 🙂" })];
      expect(await audit.append(EMPTY_AUDIT, rows)).toBe(true);
      const other = (await subject.openOther()).audit;
      expect(await other.head()).toEqual({ seq: 3, hash: "hash-3" });
      expect(await other.read(0, 10)).toEqual(rows);
      expect(await other.read(1, 1)).toEqual([rows[1]]);
      expect(await other.findByRef("act-2")).toEqual(rows[1]);
      expect(await other.findByRef("act-3")).toBeUndefined();
    });

    test("appends to its head and to nothing else", async () => {
      const { audit } = subject.store;
      await audit.append(EMPTY_AUDIT, [row(1), row(2)]);
      expect(await audit.append({ seq: 1, hash: "hash-1" }, [row(2)])).toBe(false);
      expect(await audit.append({ seq: 2, hash: "another" }, [row(3)])).toBe(false);
      expect(await audit.append(EMPTY_AUDIT, [row(1)])).toBe(false);
      expect(await audit.append({ seq: 2, hash: "hash-2" }, [])).toBe(true);
      expect(await audit.read(0, 10)).toHaveLength(2);
      expect(await audit.append({ seq: 2, hash: "hash-2" }, [row(3)])).toBe(true);
      expect(await audit.head()).toEqual({ seq: 3, hash: "hash-3" });
    });

    test("takes one of two who append at once", async () => {
      const other = (await subject.openOther()).audit;
      const taken = await Promise.all([
        subject.store.audit.append(EMPTY_AUDIT, [row(1)]),
        other.append(EMPTY_AUDIT, [row(1, { actor: "grace" })]),
      ]);
      expect(taken.filter((each) => each)).toHaveLength(1);
      expect(await other.read(0, 10)).toHaveLength(1);
    });

    test("lists the newest first: all, of one who did it, of one it was done to", async () => {
      const { audit } = subject.store;
      const rows = [1, 2, 3, 4, 5, 6].map((seq) =>
        row(seq, { actor: seq % 2 === 0 ? "ada" : "grace", target: seq > 3 ? "pool a" : "pool b" }),
      );
      await audit.append(EMPTY_AUDIT, rows);
      const seqs = async (before: number, limit: number, of: Parameters<typeof audit.list>[0]["of"]) =>
        (await audit.list({ before, limit, of })).map(({ seq }) => seq);
      expect(await seqs(100, 4, null)).toEqual([6, 5, 4, 3]);
      expect(await seqs(3, 4, null)).toEqual([2, 1]);
      expect(await seqs(6, 9, { who: "actor", name: "ada" })).toEqual([4, 2]);
      expect(await seqs(100, 2, { who: "target", name: "pool a" })).toEqual([6, 5]);
      expect(await seqs(100, 2, { who: "target", name: "pool" })).toEqual([]);
    });
  });
}
