import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Store } from "@millrace/core";
import { openSqliteStore } from "@millrace/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ProjectAudit } from "../../src/security/audit/project-audit.ts";

let dir: string;
let stores: Store[];

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "millrace-audit-"));
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(dir, { recursive: true });
});

/** The audit as one process has it. */
async function openAudit(): Promise<ProjectAudit> {
  const store = await openSqliteStore({ path: path.join(dir, "millrace.db") });
  stores.push(store);
  return new ProjectAudit(store.audit);
}

function tamper(sql: string): void {
  const db = new DatabaseSync(path.join(dir, "millrace.db"));
  db.exec(sql);
  db.close();
}

function act(number: number) {
  return { actor: `user-${number}`, action: "setPool", target: "pool a", from: "test", after: { slots: number } };
}

describe("the audit of a project", () => {
  test("has a row for each act, whoever writes at once, and is whole", async () => {
    const [one, two] = [await openAudit(), await openAudit()];
    await Promise.all(Array.from({ length: 300 }, (_, at) => (at % 2 === 0 ? one : two).record(act(at))));
    const verdict = await two.verify();
    expect(verdict).toMatchObject({ rows: 300, found: 0, faults: [], head: { seq: 300 } });
    const rows = await one.list({ before: 1_000, limit: 500, of: null });
    expect(new Set(rows.map(({ actor }) => actor)).size).toBe(300);
    expect(rows[0]).toMatchObject({ seq: 300, action: "setPool", before: null });
  });

  test("records an act once, however often it is told", async () => {
    const [one, two] = [await openAudit(), await openAudit()];
    const told = { ...act(1), ref: "command-1" };
    await Promise.all([one.record(told), one.record(told), two.record(told)]);
    await two.record(told);
    expect(await one.verify()).toMatchObject({ rows: 1, found: 0 });
  });

  test("is found out when somebody changes it, and goes on being written", async () => {
    const audit = await openAudit();
    for (let at = 1; at <= 5; at += 1) await audit.record(act(at));
    const { head } = await audit.verify();
    tamper("update audit_entry set actor = 'nobody' where seq = 2; delete from audit_entry where seq = 4");
    await audit.record(act(6));
    expect((await audit.verify([head])).faults).toEqual([
      { kind: "changed", seq: 2 },
      { kind: "missing", from: 4, to: 4 },
    ]);
  });

  test("is found out when its end is cut off, also with its head, by a head that was noted", async () => {
    const audit = await openAudit();
    for (let at = 1; at <= 5; at += 1) await audit.record(act(at));
    const { head } = await audit.verify();
    tamper("delete from audit_entry where seq > 3");
    expect((await audit.verify()).faults).toEqual([{ kind: "missing", from: 4, to: 5 }]);
    tamper("update audit_head set seq = 3, hash = (select hash from audit_entry where seq = 3)");
    expect((await audit.verify()).faults).toEqual([]);
    expect((await audit.verify([head])).faults).toEqual([{ kind: "rewritten", seq: 5 }]);
  });

  test("is found out when rows are put beside the chain, or the head is gone", async () => {
    const audit = await openAudit();
    await audit.record(act(1));
    const columns = "at, actor, action, target, origin, old_value, new_value, ref, hash";
    const copy = (seq: number): string =>
      `insert into audit_entry (seq, ${columns}) select ${seq}, at, actor, action, target, origin, old_value, new_value, null, hash from audit_entry where seq = 1;`;
    tamper(copy(-7) + copy(9));
    expect((await audit.verify()).faults).toEqual([
      { kind: "extra", seq: -7 },
      { kind: "extra", seq: 9 },
    ]);
    tamper("delete from audit_entry where seq <> 1; delete from audit_head");
    expect((await audit.verify()).faults).toEqual([{ kind: "extra", seq: 1 }]);
    await expect(audit.record(act(2))).rejects.toMatchObject({ code: "STORE_FAILED" });
  });
});
