import { type BackfillChange, MillraceError } from "@millrace/core";
import { backfillRecord } from "../../backfill-view/backfill-text.ts";
import { retryRecord, retryText } from "../../backfill-view/retry-text.ts";
import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import { readCount, withRuntime } from "../../following/open-runtime.ts";
import { ask, runBackfill } from "./run-backfill.ts";
import { findBackfill } from "./show-backfill.ts";

/** So many runs of a plan are looked at, task by task. */
const PLANNED_RETRIES = 50;

/** `millrace backfill pause|resume|cancel|retry <id>`. One that goes on is watched, like one that begins. */
export async function changeBackfill(call: CommandCall, id: string, change: BackfillChange): Promise<ExitCode> {
  const { console, options } = call;
  const isReader = options.flag("detach");
  // What failed is repeated with the code as it is now.
  const versions = change === "retry_failed" ? "build" : "stored";
  return await withRuntime(call, { versions, role: isReader ? "reader" : "auto" }, async (runtime) => {
    const { id: backfill, flow } = await findBackfill(runtime, id);
    if (options.flag("dry-run")) {
      const plan = await runtime.planRetry(backfill, PLANNED_RETRIES);
      console.record(retryRecord(backfill, plan));
      console.print(retryText(flow, plan, console.style));
      return EXIT.success;
    }
    const command = { kind: "change_backfill", backfill, change } as const;
    if (change !== "pause") return await runBackfill(runtime, call, command);
    await ask(runtime, command);
    const row = await findBackfill(runtime, backfill);
    console.record(backfillRecord(row));
    console.print(`paused ${row.flow} ${row.id}; it goes on with: millrace backfill resume ${row.id}`);
    return EXIT.success;
  });
}

/** `millrace backfill set <id> --max-active <n>`. */
export async function setBackfill(call: CommandCall, id: string): Promise<ExitCode> {
  const { console, options } = call;
  const maxActiveRuns = readCount(options.text("max-active"), "--max-active");
  if (maxActiveRuns === undefined) {
    throw new MillraceError("USAGE", "backfill set: nothing is set.", {
      hint: "Write `millrace backfill set <id> --max-active <n>`.",
    });
  }
  return await withRuntime(call, { versions: "stored" }, async (runtime) => {
    const { id: backfill } = await findBackfill(runtime, id);
    await ask(runtime, { kind: "set_backfill", backfill, maxActiveRuns });
    const row = await findBackfill(runtime, backfill);
    console.record(backfillRecord(row));
    console.print(`${row.flow} ${row.id}: ${maxActiveRuns} at once from now on`);
    return EXIT.success;
  });
}
