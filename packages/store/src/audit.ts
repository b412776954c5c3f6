import { type AuditHead, type AuditQuery, type AuditRow, type AuditTrail, EMPTY_AUDIT } from "@millrace/core";
import type { Act } from "./act.ts";
import {
  appendAuditEntry,
  auditEntryFromColumns,
  auditEntryToColumns,
  findAuditEntryByRef,
  findAuditHead,
  listAuditEntries,
  listAuditEntriesOfActor,
  listAuditEntriesOfTarget,
  moveAuditHead,
  readAuditEntries,
} from "./tables/audit-entry.ts";
import type { VaultAccess } from "./vault.ts";

/** An act with its values. */
interface GivenAct {
  readonly act: Act<object, unknown>;
  readonly given: object;
}

/** How acts are run: each store has its own way, and gives failures their code. */
interface AuditAccess extends VaultAccess {
  /** All in one transaction: the first, and where it gives a row, the others. Gives whether it did. */
  readonly writeIf: (first: GivenAct, others: readonly GivenAct[]) => Promise<boolean>;
}

/** The record of who changed what, on any database. */
export class StoreAudit implements AuditTrail {
  readonly #access: AuditAccess;

  constructor(access: AuditAccess) {
    this.#access = access;
  }

  async head(): Promise<AuditHead> {
    const [head] = await this.#access.read(findAuditHead, {});
    return head ?? EMPTY_AUDIT;
  }

  async append(head: AuditHead, rows: readonly AuditRow[]): Promise<boolean> {
    const last = rows.at(-1);
    if (last === undefined) return true;
    const move = { seq: last.seq, hash: last.hash, fromSeq: head.seq, fromHash: head.hash };
    const appends = rows.map((row) => bound(appendAuditEntry, auditEntryToColumns(row)));
    return await this.#access.writeIf(bound(moveAuditHead, move), appends);
  }

  async findByRef(ref: string): Promise<AuditRow | undefined> {
    const [row] = await this.#access.read(findAuditEntryByRef, { ref });
    return row === undefined ? undefined : auditEntryFromColumns(row);
  }

  async list({ before, limit, of }: AuditQuery): Promise<readonly AuditRow[]> {
    const { read } = this.#access;
    const page = { before, limit };
    if (of === null) return (await read(listAuditEntries, page)).map(auditEntryFromColumns);
    const { who, name } = of;
    const rows =
      who === "actor"
        ? await read(listAuditEntriesOfActor, { ...page, actor: name })
        : await read(listAuditEntriesOfTarget, { ...page, target: name });
    return rows.map(auditEntryFromColumns);
  }

  async read(after: number, limit: number): Promise<readonly AuditRow[]> {
    return (await this.#access.read(readAuditEntries, { after, limit })).map(auditEntryFromColumns);
  }
}

function bound<Args extends object>(act: Act<Args, unknown>, given: NoInfer<Args>): GivenAct {
  return { act: act as Act<object, unknown>, given };
}
