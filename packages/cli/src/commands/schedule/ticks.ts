import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import { readCount, withRuntime } from "../../following/open-runtime.ts";
import { tickTable } from "../../schedule-view/schedule-table.ts";
import { tickRecord } from "../../trigger-view/trigger-text.ts";

const DEFAULT_LIMIT = 20;
const PAGE = 500;

/** `millrace schedule ticks [flow] [schedule]`: what became of them, the newest first. */
export async function ticks(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const [, flow, name] = call.arguments;
  const limit = readCount(call.options.text("limit"), "--limit") ?? DEFAULT_LIMIT;
  return await withRuntime(call, { versions: "stored", role: "reader" }, async ({ store }) => {
    const rows = await store.triggers.list();
    const schedules = new Set(rows.filter(({ kind }) => kind === "schedule").map((row) => `${row.flow}\n${row.name}`));
    const filter = { ...(flow === undefined ? {} : { flow }), ...(name === undefined ? {} : { trigger: name }) };
    // Events of triggers are among them.
    const page = await store.triggers.listTicks({ ...filter, limit: Math.max(limit, PAGE) });
    const found = page.filter((tick) => schedules.has(`${tick.flow}\n${tick.trigger}`)).slice(0, limit);
    for (const tick of found) console.record(tickRecord(tick));
    if (found.length === 0) console.print("No tick yet. `millrace server` makes the runs of schedules.");
    else console.print(tickTable(found, console.style));
    return EXIT.success;
  });
}
