import { deflateSync } from "node:zlib";
import type { TaskContext } from "../../task/context.ts";
import { toPlainJson } from "../plain-json.ts";

/** What a script that uses `dagster-pipes` is told about its place in the world. */
export interface PipesOptions<Checked = unknown> {
  /**
   * Keys of the assets that the script writes, parts joined with `/`. With one, reports need not name it; with none,
   * they must. Defaults to the task's name.
   */
  readonly assets?: readonly string[];
  /**
   * The partition. Defaults to the one that the run covers of its flow's `partitions`; of a flow without, to the window's
   * start, as the day (`2026-03-01`) where the window is whole days in UTC, else
   * with hour and minute (`2026-03-01-14:00`); in runs without a window, to none.
   */
  readonly partition?: string | ((window: TaskContext["window"]) => string | null);
  /** What `context.get_extra(…)` finds. Defaults to the fields of the task's input. */
  readonly extras?: Readonly<Record<string, unknown>> | ((input: Checked) => Readonly<Record<string, unknown>>);
}

const DAY_MS = 86_400_000;

/**
 * The context of Dagster Pipes, protocol 0.1, as JSON: all ten keys are there. Facts from the public package
 * `dagster-pipes` (`PipesContextData`).
 */
export function pipesContext(options: PipesOptions<never>, input: unknown, context: TaskContext): string {
  const { window, task, run, attempt } = context;
  const assets = options.assets ?? [task.id.replaceAll("[]", "")];
  const keys = assets.length === 0 ? null : assets;
  const partition = partitionOf(options.partition, context);
  const empty = window.start.getTime() === window.end.getTime();
  const perKey = keys === null ? null : Object.fromEntries(keys.map((key) => [key, null]));
  return toPlainJson({
    asset_keys: keys,
    code_version_by_asset_key: perKey,
    provenance_by_asset_key: perKey,
    // A run that covers several has no one key.
    partition_key: partition === null || partition.from !== partition.to ? null : partition.from,
    partition_key_range: partition === null ? null : { start: partition.from, end: partition.to },
    partition_time_window: empty ? null : { start: window.start.toISOString(), end: window.end.toISOString() },
    run_id: run.id,
    job_name: run.flow,
    retry_number: attempt.number - 1,
    extras: extrasOf(options.extras, input),
  });
}

interface PipesPartition {
  readonly from: string;
  readonly to: string;
}

function partitionOf(given: PipesOptions["partition"], { window, partition }: TaskContext): PipesPartition | null {
  if (given === undefined) return partition ?? oneKey(dayOrTimeOf(window));
  return oneKey(typeof given === "function" ? given(window) : given);
}

function oneKey(key: string | null): PipesPartition | null {
  return key === null ? null : { from: key, to: key };
}

function dayOrTimeOf(window: TaskContext["window"]): string | null {
  const startMs = window.start.getTime();
  const lengthMs = window.end.getTime() - startMs;
  if (lengthMs === 0) return null;
  const [day = "", time = ""] = window.start.toISOString().split("T");
  return startMs % DAY_MS === 0 && lengthMs % DAY_MS === 0 ? day : `${day}-${time.slice(0, 5)}`;
}

function extrasOf(given: PipesOptions<never>["extras"], input: unknown): unknown {
  if (typeof given === "function") return given(input as never);
  if (given !== undefined) return given;
  return typeof input === "object" && input !== null && !Array.isArray(input) ? input : {};
}

/** How the protocol hands parameters over in a variable: base64 of zlib of JSON. */
export function pipesVariable(params: Readonly<Record<string, unknown>>): string {
  return deflateSync(JSON.stringify(params)).toString("base64");
}
