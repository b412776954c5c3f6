import type { BackfillChange } from "@millrace/core";
import { backfillRecord } from "../../backfill-view/backfill-text.ts";
import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import { withRuntime } from "../../following/open-runtime.ts";
import { ask, runBackfill } from "./run-backfill.ts";
import { findBackfill } from "./show-backfill.ts";

/** `millrace backfill pause|resume|cancel|retry <id>`. One that goes on is watched, like one that begins. */
export async function changeBackfill(call: CommandCall, id: string, change: BackfillChange): Promise<ExitCode> {
  const { console, options } = call;
  const isReader = options.flag("detach");
  // What failed is repeated with the code as it is now.
  const versions = change === "retry_failed" ? "build" : "stored";
  return await withRuntime(call, { versions, role: isReader ? "reader" : "auto" }, async (runtime) => {
    const { id: backfill } = await findBackfill(runtime, id);
    const command = { kind: "change_backfill", backfill, change } as const;
    if (change !== "pause") return await runBackfill(runtime, call, command);
    await ask(runtime, command);
    const row = await findBackfill(runtime, backfill);
    console.record(backfillRecord(row));
    console.print(`paused ${row.flow} ${row.id}; it goes on with: millrace backfill resume ${row.id}`);
    return EXIT.success;
  });
}
