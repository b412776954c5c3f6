import { type AuditHead, type AuditQuery, type AuditRow, type AuditTrail, EMPTY_AUDIT } from "@millrace/core";
import type { MemoryDatabase } from "./database.ts";

export class MemoryAudit implements AuditTrail {
  readonly #rows: AuditRow[];

  constructor({ audit }: Pick<MemoryDatabase, "audit">) {
    this.#rows = audit;
  }

  async head(): Promise<AuditHead> {
    const last = this.#rows.at(-1);
    return last === undefined ? EMPTY_AUDIT : { seq: last.seq, hash: last.hash };
  }

  async append({ seq, hash }: AuditHead, rows: readonly AuditRow[]): Promise<boolean> {
    const last = this.#rows.at(-1) ?? EMPTY_AUDIT;
    if (last.seq !== seq || last.hash !== hash) return false;
    this.#rows.push(...rows);
    return true;
  }

  async findByRef(ref: string): Promise<AuditRow | undefined> {
    return this.#rows.find((row) => row.ref === ref);
  }

  async list({ before, limit, of }: AuditQuery): Promise<readonly AuditRow[]> {
    const meant = this.#rows.filter((row) => row.seq < before && (of === null || row[of.who] === of.name));
    return meant.reverse().slice(0, limit);
  }

  async read(after: number, limit: number): Promise<readonly AuditRow[]> {
    return this.#rows.filter(({ seq }) => seq > after).slice(0, limit);
  }
}
