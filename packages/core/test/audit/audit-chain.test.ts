import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type AuditEntry, type AuditRow, EMPTY_AUDIT } from "../../src/audit/audit-row.ts";
import { chainAudit } from "../../src/audit/chain-audit.ts";
import { AuditCheck, type AuditFault } from "../../src/audit/check-audit.ts";

const ENTRY: AuditEntry = {
  actor: "ada",
  action: "pool.set",
  target: "pool shop-api",
  from: "api 127.0.0.1",
  before: { slots: 2 },
  after: { slots: 4 },
  ref: null,
};

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function chain(length: number): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let at = 0; at < length; at += 1) {
    const entry = { ...ENTRY, actor: `user-${at}`, ref: at % 2 === 0 ? `act-${at}` : null };
    rows.push(chainAudit(entry, { head: rows.at(-1) ?? EMPTY_AUDIT, atMs: 1_000 + at }, digest));
  }
  return rows;
}

function faultsOf(rows: readonly AuditRow[], written: readonly AuditRow[], noted: AuditRow[] = []): AuditFault[] {
  const check = new AuditCheck(digest, noted);
  return [...check.next(rows), ...check.end(written.at(-1) ?? EMPTY_AUDIT)];
}

const ROWS = chain(9);

function at(seq: number): AuditRow {
  return ROWS[seq - 1] as AuditRow;
}

describe("a chain of records", () => {
  test("is found whole", () => {
    expect(faultsOf(ROWS, ROWS, [at(4)])).toEqual([]);
    expect(faultsOf([], [])).toEqual([]);
    const check = new AuditCheck(digest);
    check.next(ROWS);
    expect(check.last).toEqual({ seq: 9, hash: at(9).hash });
  });

  test.each(["atMs", "actor", "action", "target", "from", "before", "after", "ref", "hash"] as const)(
    "is found changed in %s",
    (field) => {
      const value = field === "atMs" ? 7 : "another";
      const rows = ROWS.map((row) => (row.seq === 5 ? { ...row, [field]: value } : row));
      // A changed hash leaves its successor without what that was made with.
      const also = field === "hash" ? [{ kind: "changed", seq: 6 }] : [];
      expect(faultsOf(rows, ROWS)).toEqual([{ kind: "changed", seq: 5 }, ...also]);
    },
  );

  test("is found with rows taken out: one, several, the first, the last", () => {
    const without = (...gone: number[]): AuditRow[] => ROWS.filter(({ seq }) => !gone.includes(seq));
    expect(faultsOf(without(5), ROWS)).toEqual([{ kind: "missing", from: 5, to: 5 }]);
    expect(faultsOf(without(3, 4, 7), ROWS)).toEqual([
      { kind: "missing", from: 3, to: 4 },
      { kind: "missing", from: 7, to: 7 },
    ]);
    expect(faultsOf(without(1), ROWS)).toEqual([{ kind: "missing", from: 1, to: 1 }]);
    expect(faultsOf(without(8, 9), ROWS)).toEqual([{ kind: "missing", from: 8, to: 9 }]);
  });

  test("is found with rows exchanged", () => {
    const rows = ROWS.map((row) => {
      if (row.seq === 3) return { ...at(6), seq: 3 };
      return row.seq === 6 ? { ...at(3), seq: 6 } : row;
    });
    expect(faultsOf(rows, ROWS).map((fault) => fault.kind)).toContain("changed");
  });

  test("is found with rows put in at either end", () => {
    expect(faultsOf([{ ...at(1), seq: 0 }, ...ROWS], ROWS)).toEqual([{ kind: "extra", seq: 0 }]);
    const forged = chainAudit(ENTRY, { head: at(9), atMs: 1 }, digest);
    expect(faultsOf([...ROWS, forged], ROWS)).toEqual([{ kind: "head", seq: 9 }]);
  });

  test("is found written anew with its head, by a head that was noted elsewhere", () => {
    const anew = chain(9).slice(0, 3);
    for (let seq = 4; seq <= 9; seq += 1) {
      anew.push(chainAudit({ ...ENTRY, actor: "forged" }, { head: anew.at(-1) ?? EMPTY_AUDIT, atMs: 1 }, digest));
    }
    expect(faultsOf(anew, anew)).toEqual([]);
    expect(faultsOf(anew, anew, [at(7)])).toEqual([{ kind: "rewritten", seq: 7 }]);
    const cut = ROWS.slice(0, 5);
    expect(faultsOf(cut, cut, [at(7)])).toEqual([{ kind: "rewritten", seq: 7 }]);
    expect(faultsOf(ROWS, [...ROWS.slice(0, 8), { ...at(9), hash: "00" }])).toEqual([{ kind: "head", seq: 9 }]);
  });
});

describe("a record", () => {
  test("is kept as every database gives it back", () => {
    const odd = { ...ENTRY, actor: "a\0b\ud800c", before: undefined, after: { text: "a\0\ud800" } };
    const row = chainAudit(odd, { head: EMPTY_AUDIT, atMs: 1 }, digest);
    expect(row).toMatchObject({ actor: "a\u{fffd}b\u{fffd}c", before: null, after: '{"text":"a\\u0000\\ud800"}' });
  });

  test("is kept short", () => {
    const row = chainAudit(
      { ...ENTRY, target: "x".repeat(10_000), before: null, after: "y".repeat(100_000) },
      { head: EMPTY_AUDIT, atMs: 1 },
      digest,
    );
    expect(row.target).toBe(`${"x".repeat(500)}…`);
    const text = JSON.stringify("y".repeat(100_000));
    expect(JSON.parse(row.after ?? "")).toEqual({ left_out: "too large", characters: 100_002, sha256: digest(text) });
  });
});
