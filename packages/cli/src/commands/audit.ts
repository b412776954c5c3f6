import { type AuditFault, type AuditHead, type AuditRow, MillraceError } from "@millrace/core";
import { checkUse } from "../command-line/check-use.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { readCount } from "../following/open-runtime.ts";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant } from "../output/time-text.ts";

const USES = {
  list: { takes: [], options: ["actor", "target", "limit", "before"] },
  verify: { takes: [], options: ["noted"] },
} as const;
const OWN = ["actor", "target", "limit", "before", "noted"];
const DEFAULT_LIMIT = 50;
/** How much of what was asked for a line shows. */
const SHOWN = 60;

/** `millrace audit <what>`. */
export async function audit(call: CommandCall): Promise<ExitCode> {
  const [what = ""] = call.arguments;
  checkUse(call, "audit", { uses: USES, own: OWN });
  return what === "verify" ? await verify(call) : await list(call);
}

async function list({ console, options, projectDir }: CommandCall): Promise<ExitCode> {
  const [actor, target] = [options.text("actor"), options.text("target")];
  if (actor !== undefined && target !== undefined) {
    throw new MillraceError("USAGE", "audit list takes --actor or --target, and not both.");
  }
  const [who, name] = actor === undefined ? (["target", target] as const) : (["actor", actor] as const);
  const query = {
    before: readCount(options.text("before"), "--before") ?? Number.MAX_SAFE_INTEGER,
    limit: readCount(options.text("limit"), "--limit") ?? DEFAULT_LIMIT,
    of: name === undefined ? null : { who, name },
  };
  const { openProject, withAudit } = await import("@millrace/server");
  const rows = await withAudit(openProject(projectDir), (opened) => opened.list(query));
  for (const row of rows) console.record(rowRecord(row));
  if (rows.length === 0) console.print("Nothing is recorded.");
  else console.print(rowTable(rows, console.style));
  return EXIT.success;
}

async function verify({ console, options, projectDir }: CommandCall): Promise<ExitCode> {
  const noted = options.text("noted");
  const heads = noted === undefined ? [] : [readHead(noted)];
  const { openProject, withAudit } = await import("@millrace/server");
  const { rows, head, faults, found } = await withAudit(openProject(projectDir), (opened) => opened.verify(heads));
  console.record({ type: "audit.verified", ok: found === 0, rows, head, found, faults });
  for (const fault of faults) console.print(faultText(fault));
  if (found > faults.length) console.print(`and ${found - faults.length} more`);
  if (found > 0) {
    console.print(`The record is not as it was written: ${countText(found, "fault")} in ${countText(rows, "row")}.`);
    return EXIT.failed;
  }
  console.print(`${countText(rows, "row")}, all as they were written`);
  console.print(`head ${head.seq}:${head.hash}`);
  return EXIT.success;
}

function readHead(text: string): AuditHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw new MillraceError("USAGE", `"${text}" is not the head of a record.`, {
    hint: "Give what `millrace audit verify` printed behind the word `head`.",
  });
}

function faultText(fault: AuditFault): string {
  switch (fault.kind) {
    case "changed":
      return `row ${fault.seq} was changed`;
    case "missing":
      return fault.from === fault.to ? `row ${fault.from} is gone` : `rows ${fault.from} to ${fault.to} are gone`;
    case "extra":
      return `row ${fault.seq} was put in beside the record`;
    case "head":
      return `the head, ${fault.seq}, does not fit the last row`;
    case "rewritten":
      return `what was noted of row ${fault.seq} is there no more: the record was written anew`;
  }
}

function rowTable(rows: readonly AuditRow[], style: Style): string[] {
  const columns = [
    { title: "#", align: "right" },
    { title: "AT" },
    { title: "WHO" },
    { title: "DID" },
    { title: "TO" },
    { title: "FROM" },
    { title: "" },
  ] as const;
  const cells = rows.map(({ seq, atMs, actor, action, target, from, after }) => [
    String(seq),
    isoInstant(atMs),
    actor,
    style.bold(action),
    target,
    from,
    style.dim((after ?? "").slice(0, SHOWN)),
  ]);
  return tableText(columns, cells, style.dim);
}

function rowRecord({ atMs, before, after, ...row }: AuditRow): Readonly<Record<string, unknown>> {
  const value = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  return { type: "audit.row", ...row, at: isoInstant(atMs), before: value(before), after: value(after) };
}
