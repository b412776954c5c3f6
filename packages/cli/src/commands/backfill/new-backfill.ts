import { createInterface } from "node:readline/promises";
import {
  type BackfillRequest,
  type BackfillSelection,
  encode,
  estimateMs,
  type FlowSpec,
  MAX_BACKFILL_RUNS,
  MillraceError,
  type RunPer,
  runsAtOnce,
} from "@millrace/core";
import {
  askedWindow,
  backfillSeries,
  type PartitionsAt,
  type PlannedBackfill,
  planBackfill,
  readSelection,
} from "@millrace/core/time";
import type { Runtime } from "@millrace/server";
import { planRecord, planText } from "../../backfill-view/plan-text.ts";
import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import { buildOf, findFlow, readCount, withRuntime } from "../../following/open-runtime.ts";
import { readKeysOf } from "../../history/partition-keys.ts";
import { readParams } from "../../params/read-params.ts";
import { readNames } from "../run.ts";
import { runBackfill } from "./run-backfill.ts";

/** Runs whose durations the estimate is made from. */
const RECENT_RUNS = 20;

/** `millrace backfill <flow>`: the plan, the question, and the backfill. */
export async function newBackfill(call: CommandCall, name: string): Promise<ExitCode> {
  const { console, options } = call;
  const asked = readOptions(call);
  const detached = options.flag("detach");
  const isReader = detached || options.flag("dry-run");
  return await withRuntime(call, { versions: "build", role: isReader ? "reader" : "auto" }, async (runtime) => {
    const build = buildOf(runtime);
    const { spec } = findFlow(build, name, call);
    const at: PartitionsAt = { nowMs: Date.now(), keysOf: await readKeysOf(runtime.store, spec) };
    const params = readParams({
      file: options.text("params"),
      pairs: options.list("param"),
      params: spec.params,
    });
    const request: BackfillRequest = {
      ...asked,
      flow: spec.name,
      selection: readAsked(call, spec, at),
      maxActiveRuns: asked.maxActiveRuns ?? spec.policies.maxActiveRuns,
      params: encode(params, "parameters"),
      version: build.version,
    };
    const planned = await plan(runtime, spec, { request, at });
    const { runs } = planned.plan;
    const durations = await runtime.store.triggers.recentDurations(spec.name, RECENT_RUNS);
    const estimate = estimateMs(durations, { runs, atOnce: runsAtOnce(planned.plan, request) });
    console.record(planRecord(request, planned, estimate));
    console.print(
      planText(request, planned, { estimateMs: estimate, history: durations.length, style: console.style }),
    );
    if (options.flag("dry-run")) return EXIT.success;
    if (!(await isConfirmed(call, runs))) {
      console.print("Nothing was done.");
      return EXIT.failed;
    }
    // Whoever has seen such a number and agreed has said how many it may make.
    const agreed = runs > MAX_BACKFILL_RUNS ? { ...request, limit: runs } : request;
    return await runBackfill(runtime, call, { kind: "create_backfill", request: agreed });
  });
}

type Asked = Pick<BackfillRequest, "schedule" | "reprocess" | "order" | "runPer" | "limit"> & {
  readonly maxActiveRuns: number | undefined;
};

/** What can be refused without the project is refused before it is opened. */
function readOptions({ options }: CommandCall): Asked {
  const keys = readNames(options.list("keys"));
  const from = options.text("from");
  if (keys.length > 0 === (from !== undefined) || (keys.length > 0 && options.text("to") !== undefined)) {
    throw new MillraceError("USAGE", "A backfill needs --from, or --keys, and not both.", {
      hint: "Write --from 2026-01-01 --to 2026-01-31, or --keys 2026-01-01,2026-01-05.",
    });
  }
  return {
    schedule: options.text("schedule") ?? null,
    reprocess: (options.text("reprocess") ?? "none") as BackfillRequest["reprocess"],
    order: (options.text("order") ?? "oldest") as BackfillRequest["order"],
    runPer: readRunPer(options.text("run-per")),
    limit: readCount(options.text("limit"), "--limit") ?? null,
    maxActiveRuns: readCount(options.text("max-active"), "--max-active"),
  };
}

function readRunPer(text = "partition"): RunPer {
  if (text === "partition" || text === "range") return { kind: text };
  const count = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;
  if (count !== undefined) return { kind: "count", count };
  throw new MillraceError("USAGE", `--run-per cannot be "${text}".`, {
    hint: "Write partition, range, or a number of partitions.",
  });
}

function readAsked({ options }: CommandCall, spec: FlowSpec, at: PartitionsAt): BackfillSelection {
  const from = options.text("from");
  if (from === undefined) return { kind: "keys", keys: readNames(options.list("keys")) };
  const written = { from, to: options.text("to") ?? null, schedule: options.text("schedule") ?? null };
  return readSelection(spec, written, at);
}

/** As the leader will plan it, so that nothing is asked for that people have not seen; however many runs it makes. */
async function plan(
  { store }: Runtime,
  spec: FlowSpec,
  { request, at }: { readonly request: BackfillRequest; readonly at: PartitionsAt },
): Promise<PlannedBackfill> {
  const series = backfillSeries(spec, request, at);
  return planBackfill(
    series,
    { ...request, limit: request.limit ?? Number.MAX_SAFE_INTEGER },
    await store.triggers.listSliceRuns(spec.name, askedWindow(spec, series, request)),
  );
}

async function isConfirmed({ options, console }: CommandCall, runs: number): Promise<boolean> {
  if (options.flag("yes")) return true;
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true || console.json) {
    const isHuge = runs > MAX_BACKFILL_RUNS;
    throw new MillraceError("USAGE", `Nobody is there to ask${isHuge ? ` about ${runs} runs` : ""}.`, {
      hint: `Look at the plan with --dry-run, then say --yes${isHuge ? ", or how many runs it may make: --limit" : ""}.`,
    });
  }
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await line.question(`Run this? ${runs} ${runs === 1 ? "run" : "runs"} [y/N] `)).trim());
  } finally {
    line.close();
  }
}
