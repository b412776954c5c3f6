import { createHash } from "node:crypto";
import { AuditCheck, type AuditRow, chainAudit, EMPTY_AUDIT } from "@millrace/core";
import { ServedProject } from "../../access/served-project.ts";
import { seeded } from "../../durability/seeded.ts";
import { callEachRoute } from "../../hardening/recorded-calls.ts";
import type { ScoreboardRow } from "../row.ts";

const ROWS = 10_000;
/** Around what was done the chain is checked; the rest is as it was. */
const NEAR = 5;

type Deed = (rows: readonly AuditRow[], at: number, below: (most: number) => number) => AuditRow[];

/** What can be done to a row: each field another, gone, exchanged with another, put in twice. */
const DEEDS: Readonly<Record<string, Deed>> = {
  flip: (rows, at, below) => {
    const fields = ["atMs", "actor", "action", "target", "from", "before", "after", "ref", "hash"] as const;
    const field = fields[below(fields.length)] ?? "actor";
    const value = (row: AuditRow): string | number => (field === "atMs" ? row.atMs + 1 : `${row[field] ?? ""}x`);
    return rows.map((row, index) => (index === at ? { ...row, [field]: value(row) } : row));
  },
  delete: (rows, at) => rows.filter((_, index) => index !== at),
  reorder: (rows, at) => {
    const other = at === 0 ? 1 : at - 1;
    const put = (row: AuditRow, index: number): AuditRow => {
      if (index === at) return { ...(rows[other] as AuditRow), seq: row.seq };
      return index === other ? { ...(rows[at] as AuditRow), seq: row.seq } : row;
    };
    return rows.map(put);
  },
};

export const row: ScoreboardRow = {
  id: "S10",
  title: "Audit: each of 10,000 rows changed, taken out and exchanged with its neighbour; each mutating route called",
  goal: "100 % found; each mutating route writes exactly one row, and no secret",
  stores: ["sqlite"],
  async run({ seed, log }) {
    const { tried, found } = tamper(seed);
    const project = await ServedProject.make();
    try {
      const { called, wrong, shown, missing } = await callEachRoute(project);
      for (const each of [...wrong, ...shown, ...missing]) log(each);
      const { found: faults } = await project.runtime.audit.verify();
      const isReached = found === tried && wrong.length + shown.length + missing.length + faults === 0;
      return {
        figure: `${found.toLocaleString("en")} of ${tried.toLocaleString("en")} tampered records found out; ${called.length} mutating routes called, ${wrong.length} with other than one row, ${shown.length} secrets shown, ${missing.length} routes not covered`,
        reached: isReached && project.failures.length === 0,
        details: { tried, found, routes: called.length, wrong: wrong.length, shown: shown.length },
      };
    } finally {
      await project.close();
    }
  },
};

/** Each deed at each row. A check begins a few rows before the deed, with the head that it has there. */
function tamper(seed: number): { readonly tried: number; readonly found: number } {
  const chance = seeded(seed);
  const all = chain();
  let [tried, found] = [0, 0];
  for (const deed of Object.values(DEEDS)) {
    for (let at = 0; at < all.length; at += 1) {
      const from = Math.max(0, at - NEAR);
      const near = all.slice(from, at + NEAR);
      const check = new AuditCheck(sha256);
      // The rows before are as they were: the walk is taken up at the last of them.
      if (from > 0) check.next(all.slice(from - 1, from));
      const after = deed(near, at - from, (limit) => chance.below(limit));
      const faults = [...check.next(after), ...check.end(near.at(-1) ?? EMPTY_AUDIT)];
      tried += 1;
      // Beginning in the middle is one fault of its own: all before is missing to a walk from the first row.
      if (faults.filter((fault) => fault.kind !== "missing" || fault.from !== 1 || from === 0).length > 0) found += 1;
    }
  }
  return { tried, found };
}

function chain(): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let at = 0; at < ROWS; at += 1) {
    const entry = { actor: `user-${at % 7}`, action: "setPool", target: `pool ${at % 11}`, from: "api 127.0.0.1" };
    const whole = { ...entry, before: { slots: at }, after: { slots: at + 1 }, ref: `act-${at}` };
    rows.push(chainAudit(whole, { head: rows.at(-1) ?? EMPTY_AUDIT, atMs: 1_700_000_000_000 + at }, sha256));
  }
  return rows;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
