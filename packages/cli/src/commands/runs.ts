import { formatDuration, type RunRow, type RunState, type RunTrigger } from "@millrace/core";
import type { RunAccess } from "../access/run-access.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { readCount } from "../following/open-runtime.ts";
import { stateMark, stateWord } from "../following/state-text.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant, localInstant, windowText } from "../output/time-text.ts";
import { withAccess } from "../remote/with-access.ts";

const DEFAULT_LIMIT = 20;

/** `millrace runs`. */
export async function runs(call: CommandCall): Promise<ExitCode> {
  const { console, options } = call;
  const limit = readCount(options.text("limit"), "--limit") ?? DEFAULT_LIMIT;
  return await withAccess(call, { versions: "stored", role: "reader" }, async (runtime) => {
    const rows = await listFamilies(runtime, {
      flow: options.text("flow"),
      states: options.list("state") as readonly RunState[],
      every: options.flag("all"),
      limit,
    });
    for (const row of rows) console.record(runRecord(row));
    if (console.quiet) console.print(rows.map(({ id }) => id));
    else console.print(rows.length === 0 ? "No runs." : runTable(rows, call));
    return EXIT.success;
  });
}

interface Filter {
  readonly flow: string | undefined;
  readonly states: readonly RunState[];
  /** Every run, not one for each family. */
  readonly every: boolean;
  readonly limit: number;
}

/** The newest run of each family, newest first: a run and its retries are one matter. */
async function listFamilies(runtime: RunAccess, { flow, states, every, limit }: Filter): Promise<RunRow[]> {
  const { store } = runtime;
  const found: RunRow[] = [];
  const families = new Set<string>();
  for (let before: RunRow["id"] | undefined; found.length < limit; ) {
    const page = await store.history.listRuns({
      limit: Math.max(50, limit),
      ...(flow === undefined ? {} : { flow }),
      ...(states.length === 0 ? {} : { states }),
      ...(before === undefined ? {} : { before }),
    });
    for (const row of page) {
      const isNew = every || (!families.has(row.rootRun) && (await isNewest(runtime, row, states)));
      families.add(row.rootRun);
      if (isNew && found.length < limit) found.push(row);
    }
    before = page.at(-1)?.id;
    if (before === undefined) break;
  }
  return found;
}

/** Only with a filter by state can a run be listed that is not the newest of its family. */
async function isNewest(runtime: RunAccess, row: RunRow, states: readonly RunState[]): Promise<boolean> {
  if (states.length === 0) return true;
  const newest = await runtime.store.newestOfFamily(row.rootRun);
  return newest === undefined || newest.id === row.id;
}

function runTable(rows: readonly RunRow[], { console: { style } }: CommandCall): string[] {
  const columns = [
    { title: "RUN" },
    { title: "FLOW" },
    { title: "STATE" },
    { title: "MADE" },
    { title: "TOOK", align: "right" },
    { title: "" },
  ] as const;
  const cells = rows.map((row) => [
    row.id,
    style.bold(row.flow),
    `${stateMark(row.state, style)} ${stateWord(row.state, style)}`,
    localInstant(row.createdAtMs),
    row.endedAtMs === null || row.startedAtMs === null ? "" : formatDuration(row.endedAtMs - row.startedAtMs),
    style.dim(remark(row)),
  ]);
  return tableText(columns, cells, style.dim);
}

function remark(row: RunRow): string {
  const window = row.window.startMs === row.window.endMs ? "" : windowText(row.window);
  const urgency = row.class === "backfill" ? "backfill" : "";
  return [urgency, triggerText(row.trigger, row), window].filter((text) => text !== "").join("  ");
}

function triggerText(trigger: RunTrigger, row: RunRow): string {
  switch (trigger.kind) {
    case "manual":
      return "";
    case "rerun":
      return `${trigger.mark === undefined ? "retry" : "mark"} of ${row.rerunOf ?? row.rootRun}`;
    case "flow_run":
      return `for ${trigger.run}`;
    case "schedule":
      return `schedule ${trigger.schedule}`;
    case "backfill":
      return `backfill ${trigger.backfill}`;
    case "event":
      return `${trigger.source} ${trigger.trigger}`;
  }
}

function runRecord(row: RunRow): Readonly<Record<string, unknown>> {
  return {
    type: "run",
    run: row.id,
    flow: row.flow,
    state: row.state,
    version: row.version,
    createdAt: isoInstant(row.createdAtMs),
    startedAt: row.startedAtMs === null ? null : isoInstant(row.startedAtMs),
    endedAt: row.endedAtMs === null ? null : isoInstant(row.endedAtMs),
    durationMs: row.startedAtMs === null || row.endedAtMs === null ? null : row.endedAtMs - row.startedAtMs,
    window: { start: isoInstant(row.window.startMs), end: isoInstant(row.window.endMs) },
    class: row.class,
    trigger: row.trigger,
    rerunOf: row.rerunOf,
    rootRun: row.rootRun,
    selection: row.selection,
    error: row.error === null ? null : { code: row.error.code, message: row.error.message },
  };
}
