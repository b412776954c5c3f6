import { MillraceError, type RunState, refusalOf } from "@millrace/core";
import { partitionSeries, partitionsAt } from "@millrace/core/time";
import { checkUse } from "../command-line/check-use.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { buildOf, findFlow, readCount, withRuntime } from "../following/open-runtime.ts";
import { stateMark, stateWord } from "../following/state-text.ts";
import { readKeysOf } from "../history/partition-keys.ts";
import { countText } from "../output/count-text.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant, windowText } from "../output/time-text.ts";
import { readNames } from "./run.ts";

const DEFAULT_LIMIT = 100;

/** `millrace partitions <what> <name> [keys]`. */
export async function partitions(call: CommandCall): Promise<ExitCode> {
  const [what = "", name = "", keys = ""] = call.arguments;
  checkUse(call, "partitions", {
    uses: {
      list: { takes: ["name"], options: ["limit"] },
      add: { takes: ["name", "keys"] },
      remove: { takes: ["name", "keys"] },
    },
    own: ["limit"],
  });
  return what === "list" ? await list(call, name) : await change(call, name, { what, keys: readNames([keys]) });
}

async function list(call: CommandCall, name: string): Promise<ExitCode> {
  const { console } = call;
  const limit = readCount(call.options.text("limit"), "--limit") ?? DEFAULT_LIMIT;
  return await withRuntime(call, { versions: "build", role: "reader" }, async (runtime) => {
    const { spec } = findFlow(buildOf(runtime), name, call);
    if (spec.partitions === null) {
      throw new MillraceError("UNKNOWN_PARTITION", `Flow "${name}" has no partitions.`, {
        hint: "Give it some: flow(name, { partitions: daily({ start }) }, …).",
      });
    }
    const nowMs = Date.now();
    const keys = partitionsAt(spec.partitions, { nowMs, keysOf: await readKeysOf(runtime.store, spec) });
    const first = Math.max(0, keys.count - limit);
    const rows = Array.from({ length: keys.count - first }, (_, offset) => ({
      key: keys.keyAt(first + offset),
      window: keys.windowAt(first + offset),
      state: null as RunState | null,
    }));
    const series = partitionSeries(keys, nowMs);
    const [oldest, newest] = [rows[0]?.window ?? null, rows.at(-1)?.window ?? null];
    const window = oldest === null || newest === null ? null : { startMs: oldest.startMs, endMs: newest.endMs };
    for (const run of await runtime.store.triggers.listSliceRuns(spec.name, window)) {
      for (const range of series.placesOf(run)) {
        for (let place = Math.max(first, range.first); place < range.end; place += 1) {
          const row = rows[place - first];
          if (row !== undefined) row.state = run.state;
        }
      }
    }
    for (const { key, window: own, state } of rows) {
      const text = own === null ? null : { start: isoInstant(own.startMs), end: isoInstant(own.endMs) };
      console.record({ type: "partition", flow: spec.name, key, window: text, state });
    }
    if (console.quiet) console.print(rows.map(({ key }) => key));
    else if (rows.length === 0) console.print("No keys yet.");
    else {
      const { style } = console;
      const cells = rows.map(({ key, window: own, state }) => [
        key,
        state === null ? style.dim("· missing") : `${stateMark(state, style)} ${stateWord(state, style)}`,
        own === null ? "" : style.dim(windowText(own)),
      ]);
      console.print(tableText([{ title: "KEY" }, { title: "NEWEST RUN" }, { title: "WINDOW" }], cells, style.dim));
      if (first > 0) console.note(`and ${countText(first, "older key")}; --limit shows more of them`);
    }
    return EXIT.success;
  });
}

async function change(
  call: CommandCall,
  name: string,
  { what, keys }: { readonly what: string; readonly keys: readonly string[] },
): Promise<ExitCode> {
  const { console } = call;
  return await withRuntime(call, { versions: "stored" }, async (runtime) => {
    const [add, remove] = what === "add" ? [keys, []] : [[], keys];
    const answer = await runtime.submit({ kind: "change_partitions", name, add, remove });
    if (!answer.ok) throw refusalOf(answer.error);
    const now = await runtime.store.triggers.listPartitionKeys(name);
    console.record({ type: "partitions.changed", name, keys: now });
    console.print(`${name} has ${countText(now.length, "key")} now`);
    return EXIT.success;
  });
}
