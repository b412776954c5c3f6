import { type BackfillRow, MillraceError } from "@millrace/core";
import type { Runtime } from "@millrace/server";
import { backfillHead, backfillRecord, newestRuns, runRecord, runTable } from "../../backfill-view/backfill-text.ts";
import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import { readCount, withRuntime } from "../../following/open-runtime.ts";

const DEFAULT_LIMIT = 100;

/** `millrace backfill show <id>`: key, run, state. What failed comes first. */
export async function showBackfill(call: CommandCall, id: string): Promise<ExitCode> {
  const { console } = call;
  const limit = readCount(call.options.text("limit"), "--limit") ?? DEFAULT_LIMIT;
  return await withRuntime(call, { versions: "stored", role: "reader" }, async (runtime) => {
    const row = await findBackfill(runtime, id);
    const all = newestRuns(await runtime.store.triggers.listBackfillRuns(row.id));
    const isBad = ({ state }: (typeof all)[number]): boolean => state === "failed" || state === "cancelled";
    const runs = [...all.filter(isBad), ...all.filter((run) => !isBad(run))];
    const shown = runs.slice(0, limit);
    console.record(backfillRecord(row));
    for (const run of shown) console.record(runRecord(row.id, run));
    if (console.quiet) console.print(shown.map((run) => run.id));
    else {
      console.print([...backfillHead(row, console.style), ...runTable(shown, console.style)]);
      if (shown.length < runs.length)
        console.print(`and ${runs.length - shown.length} more; --limit shows more of them`);
    }
    return EXIT.success;
  });
}

/** @throws MillraceError `UNKNOWN_BACKFILL`. */
export async function findBackfill({ store }: Runtime, id: string): Promise<BackfillRow> {
  const row = await store.triggers.findBackfill(id.toUpperCase());
  if (row !== undefined) return row;
  throw new MillraceError("UNKNOWN_BACKFILL", `There is no backfill "${id}".`, {
    hint: "`millrace backfill list` shows them; the beginning of an id is enough when only one begins so.",
  });
}
