import { backfillRecord, backfillTable } from "../../backfill-view/backfill-text.ts";
import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import { readCount, withRuntime } from "../../following/open-runtime.ts";

const DEFAULT_LIMIT = 100;

/** `millrace backfill list`. */
export async function listBackfills(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const limit = readCount(call.options.text("limit"), "--limit") ?? DEFAULT_LIMIT;
  return await withRuntime(call, { versions: "stored", role: "reader" }, async ({ store }) => {
    const rows = await store.triggers.listBackfills({ limit });
    for (const row of rows) console.record(backfillRecord(row));
    if (console.quiet) console.print(rows.map(({ id }) => id));
    else console.print(rows.length === 0 ? "No backfills." : backfillTable(rows, console.style));
    return EXIT.success;
  });
}
