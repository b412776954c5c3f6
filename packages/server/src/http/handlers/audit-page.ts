import type { AuditRow } from "@millrace/core";
import type { ProjectAudit } from "../../security/audit/project-audit.ts";

/** Of what is not asked for, so many rows are gone over: then the page is given as it is, and the next goes on there. */
const MOST_READ = 10_000;
const READ_AT_ONCE = 500;

interface AuditAsk {
  readonly limit: number;
  /** Only rows with smaller numbers than this. */
  readonly before: number | undefined;
  readonly actor?: string | undefined;
  readonly target?: string | undefined;
  readonly action?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

interface AuditPage {
  readonly rows: readonly AuditRow[];
  /** Where the next page begins; null where there is none. */
  readonly next: number | null;
}

/**
 * A page of the record. Those of one actor or to one target come out of an index; of these, the operation and the stretch of
 * time are looked for row by row, from the newest that can be one.
 */
export async function readAuditPage(audit: Pick<ProjectAudit, "list">, ask: AuditAsk): Promise<AuditPage> {
  const { limit, actor, target, action } = ask;
  const of =
    actor !== undefined
      ? ({ who: "actor", name: actor } as const)
      : target === undefined
        ? null
        : ({ who: "target", name: target } as const);
  const [fromMs, toMs] = [msOf(ask.from, Number.NEGATIVE_INFINITY), msOf(ask.to, Number.POSITIVE_INFINITY)];
  const fits = ({ action: own, atMs }: AuditRow): boolean =>
    (action === undefined || own === action) && atMs >= fromMs && atMs < toMs;
  const isPlain = action === undefined && fromMs === Number.NEGATIVE_INFINITY && toMs === Number.POSITIVE_INFINITY;
  const found: AuditRow[] = [];
  let before = ask.before ?? (await newestBefore(audit, toMs));
  for (let read = 0; read < MOST_READ; ) {
    const most = isPlain ? limit + 1 : READ_AT_ONCE;
    const rows = await audit.list({ before, limit: most, of });
    read += rows.length;
    for (const row of rows) {
      if (!fits(row)) continue;
      // There is one more than the page holds.
      if (found.length === limit) return { rows: found, next: (found.at(-1) as AuditRow).seq };
      found.push(row);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < most || last.atMs < fromMs) return { rows: found, next: null };
    before = last.seq;
  }
  return { rows: found, next: before };
}

function msOf(instant: string | undefined, otherwise: number): number {
  return instant === undefined ? otherwise : Date.parse(instant);
}

/** The number after the newest row that was written before an instant: numbers follow time, and have no gaps. */
async function newestBefore(audit: Pick<ProjectAudit, "list">, toMs: number): Promise<number> {
  if (toMs === Number.POSITIVE_INFINITY) return Number.MAX_SAFE_INTEGER;
  const at = async (before: number): Promise<AuditRow | undefined> =>
    (await audit.list({ before, limit: 1, of: null }))[0];
  const newest = await at(Number.MAX_SAFE_INTEGER);
  let [low, high] = [0, newest?.seq ?? 0];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const row = await at(middle + 1);
    if (row === undefined || row.atMs < toMs) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
