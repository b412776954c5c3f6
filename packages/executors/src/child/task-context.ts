import { join } from "node:path";
import type { DataReport, EncodedText, PartitionsSpec, ReportMetadata } from "@millrace/core";
import type { Connection, Logger, MetadataValue, Reporter, Resumed, TaskContext } from "@millrace/sdk";
import { namedFilePath } from "../definition-host/named-file.ts";
import type { RunMessage } from "../framing/messages.ts";
import type { LogLevel } from "../logs/log-store.ts";
import { makePartition } from "./task-partition.ts";

/** What a context needs of the process around it. */
export interface ContextSurroundings {
  readonly projectDir: string;
  /** The node's id in the flow; of a flow's hook the flow's name. */
  readonly taskId: string;
  readonly signal: AbortSignal;
  /** How the flow is cut; null where it is not. */
  readonly partitions: PartitionsSpec | null;
  decode(text: EncodedText): unknown;
  connection(name: string): Connection;
  secret(name: string): Promise<string>;
  variable(name: string): Promise<string>;
  apiToken(): Promise<string>;
  /** Takes a line of the log; drops it when the attempt is over. */
  log(level: LogLevel, text: string, fields: unknown): void;
  /** A process that stays for later attempts; undefined where none can. */
  readonly keepProcess?: (pid: number) => void;
  /** Takes a report; drops it when the attempt is over. */
  report(data: DataReport): void;
}

/** What a handler gets beside its input. Its own properties are all there is: it may be taken apart and copied. */
export function makeContext(message: RunMessage, around: ContextSurroundings): TaskContext {
  const { window, item, scheduledAtMs, slice } = message;
  return {
    window: { start: new Date(window.startMs), end: new Date(window.endMs) },
    scheduledAt: scheduledAtMs === null ? null : new Date(scheduledAtMs),
    partition: slice === null ? null : makePartition(slice, around.partitions),
    log: makeLogger(around),
    signal: around.signal,
    params: around.decode(message.params as EncodedText),
    attempt: { id: message.attempt, number: message.number, max: message.maxAttempts },
    run: { id: message.run, flow: message.flow },
    task: {
      id: around.taskId,
      label: message.label,
      item,
      index: item === "" ? null : Number(item.slice(item.lastIndexOf(".") + 1)),
    },
    report: makeReporter(around),
    resumed: message.resumed === null ? null : makeResumed(message.resumed, around),
    connection: (name) => around.connection(name),
    secret: (name) => around.secret(name),
    variable: (name) => around.variable(name),
    apiToken: () => around.apiToken(),
    projectDir: around.projectDir,
    ...(around.keepProcess === undefined ? {} : { keepProcess: around.keepProcess }),
    file: (path) => join(message.versionDir, namedFilePath(path)),
  };
}

function makeLogger(around: ContextSurroundings): Logger {
  return {
    debug: (message, fields) => around.log("debug", message, fields),
    info: (message, fields) => around.log("info", message, fields),
    warn: (message, fields) => around.log("warn", message, fields),
    error: (message, fields) => around.log("error", message, fields),
  };
}

function makeReporter(around: ContextSurroundings): Reporter {
  return {
    materialization: ({ asset, dataVersion, metadata }) =>
      around.report({
        kind: "materialization",
        asset,
        dataVersion: dataVersion ?? null,
        metadata: readMetadata(metadata),
      }),
    check: ({ check, passed, asset, severity, metadata }) =>
      around.report({
        kind: "check",
        asset: asset ?? null,
        check,
        passed,
        severity: severity ?? "error",
        metadata: readMetadata(metadata),
      }),
    custom: (payload) => around.report({ kind: "custom", payload }),
  };
}

/** Plain values get the type that shows them best. */
function readMetadata(metadata: Readonly<Record<string, MetadataValue>> = {}): Record<string, ReportMetadata> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, readMetadataValue(value)]));
}

function readMetadataValue(value: MetadataValue): ReportMetadata {
  if (typeof value === "string") return { type: "text", value };
  if (typeof value === "number") return { type: Number.isInteger(value) ? "int" : "float", value };
  if (typeof value === "boolean") return { type: "bool", value };
  return value ?? { type: "null", value: null };
}

function makeResumed(resumed: NonNullable<RunMessage["resumed"]>, around: ContextSurroundings): Resumed {
  const { run, decision } = resumed;
  return {
    carry: around.decode(resumed.carry),
    resumes: resumed.resumes,
    waitingSince: new Date(resumed.waitingSinceMs),
    run:
      run === null
        ? null
        : { id: run.id, state: run.state, output: run.output === null ? undefined : around.decode(run.output) },
    decision:
      decision === null
        ? null
        : { decision: decision.decision, by: decision.by, comment: decision.comment, at: new Date(decision.atMs) },
  };
}
